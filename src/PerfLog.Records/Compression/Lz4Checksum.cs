namespace PerfLog.Records;

/// <summary>How the header of an lz4 frame is summed.</summary>
internal enum Lz4Checksum
{
    /// <summary>Over the descriptor, as the frame format says.</summary>
    Standard,

    /// <summary>Over magic and descriptor, as messages of magic 0 carry it. Reading takes either.</summary>
    WithMagic,
}
