namespace PerfLog.Records;

/// <summary>The flags of a batch. The lowest three bits hold the <see cref="CompressionCodec"/>.</summary>
[Flags]
public enum BatchAttributes : short
{
    None = 0,
    CodecMask = 0x07,
    LogAppendTime = 0x08,
    Transactional = 0x10,
    Control = 0x20,
    DeleteHorizon = 0x40,

    /// <summary>Every bit that has a meaning; others must be 0.</summary>
    Known = CodecMask | LogAppendTime | Transactional | Control | DeleteHorizon,
}
