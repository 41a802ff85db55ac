using System.Buffers.Binary;

namespace PerfLog.Records;

/// <summary>
/// Walks the messages of an old-format set that lie end to end, wrappers as one. Every byte must belong to one.
/// </summary>
/// <remarks>It ends at the first bad message, so look at <see cref="Error"/> afterwards.</remarks>
internal ref struct MessageSetReader(ReadOnlySpan<byte> messageSet)
{
    private ReadOnlySpan<byte> _rest = messageSet;

    public LegacyMessageView Current { get; private set; }

    public ErrorCode Error { get; private set; }

    public string? Fault { get; private set; }

    public bool MoveNext()
    {
        if (Error != ErrorCode.None || _rest.IsEmpty) return false;
        if (_rest.Length < LegacyMessageLayout.Body)
            return Fail(ErrorCode.InvalidRecord, "the records end inside a message");
        if (_rest[LegacyMessageLayout.Magic] > LegacyMessageLayout.Magic1)
            return Fail(ErrorCode.InvalidRecord, "a set of old messages holds one of a newer magic");

        // Added as a long, because a lying size near 2^31 would wrap.
        long bytes = (long)BinaryPrimitives.ReadInt32BigEndian(_rest[LegacyMessageLayout.MessageSize..])
                   + LegacyMessageLayout.SizePrefixBytes;
        if (bytes < LegacyMessageLayout.Body)
            return Fail(ErrorCode.CorruptMessage, "a message's size is smaller than its header");
        if (bytes > _rest.Length) return Fail(ErrorCode.InvalidRecord, "the records end inside a message");
        return Take((int)bytes);
    }

    private bool Take(int bytes)
    {
        ReadOnlySpan<byte> message = _rest[..bytes];
        if (!LegacyMessageView.HasValidCrc(message))
            return Fail(ErrorCode.CorruptMessage, "a message's checksum does not match its bytes");
        string? fault = LegacyMessageView.Read(message, out LegacyMessageView view);
        if (fault is not null) return Fail(ErrorCode.InvalidRecord, fault);
        Current = view;
        _rest = _rest[bytes..];
        return true;
    }

    private bool Fail(ErrorCode error, string fault)
    {
        Error = error;
        Fault = fault;
        return false;
    }
}
