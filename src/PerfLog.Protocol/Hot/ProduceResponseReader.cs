using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Protocol.Hot;

/// <summary>What a broker answered for one partition of a produce request, read in place.</summary>
public readonly ref struct ProducedAnswer
{
    public ReadOnlySpan<byte> TopicUtf8 { get; init; }

    public int Partition { get; init; }

    public ErrorCode Error { get; init; }

    public long BaseOffset { get; init; }

    /// <summary>The broker's time; -1 when records keep their own.</summary>
    public long LogAppendTimeMs { get; init; }

    /// <summary>The broker's words; null when it sent none.</summary>
    public ReadOnlySpan<byte> MessageUtf8 { get; init; }
}

/// <summary>
/// Walks a produce response's partitions in place, without message objects, in versions that name topics. Look at
/// <see cref="Failure"/> after the walk; the throttle time is known from then on.
/// </summary>
public ref struct ProduceResponseReader
{
    /// <summary>The last version that names topics; later ones have ids.</summary>
    public const short HighestVersion = 12;

    private const int PartitionBytesMin = sizeof(int) + sizeof(short) + sizeof(long);

    private readonly short _version;
    private readonly bool _compact;
    private WireReader _reader;
    private TopicWalk _topics;
    private bool _isOver;

    /// <param name="frame">The response without its length, header included.</param>
    /// <param name="version">The version of the request.</param>
    public ProduceResponseReader(ReadOnlySpan<byte> frame, short version)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, HighestVersion);
        _version = version;
        _compact = version >= ProduceResponse.FirstFlexibleVersion;
        _reader = new WireReader(frame);
        ResponseFrame.ReadHeader(ref _reader, ApiKey.Produce, version);
        _topics = new TopicWalk(ref _reader, _compact, PartitionBytesMin);
    }

    public ProducedAnswer Current { get; private set; }

    public int ThrottleTimeMs { get; private set; }

    /// <summary>What was wrong with the response; null while all is well.</summary>
    public readonly string? Failure => _reader.Failure;

    public bool MoveNext()
    {
        if (_isOver) return false;
        if (!_topics.MoveNext(ref _reader)) return AtEnd();
        ReadPartition();
        return !_reader.Failed;
    }

    private void ReadPartition()
    {
        int partition = _reader.ReadInt32();
        var error = (ErrorCode)_reader.ReadInt16();
        long baseOffset = _reader.ReadInt64();
        long appendTime = _version >= 2 ? _reader.ReadInt64() : -1;
        if (_version >= 5) _reader.Skip(sizeof(long));
        ReadOnlySpan<byte> message = _version >= 8 ? ReadErrorDetail() : default;
        if (_compact) _reader.SkipTaggedFields();
        Current = new ProducedAnswer
        {
            TopicUtf8 = _topics.Topic,
            Partition = partition,
            Error = error,
            BaseOffset = baseOffset,
            LogAppendTimeMs = appendTime,
            MessageUtf8 = message,
        };
    }

    // The first record's own words say most; the partition's are the fallback.
    private ReadOnlySpan<byte> ReadErrorDetail()
    {
        ReadOnlySpan<byte> first = default;
        int count = _reader.ReadArrayLength(_compact, sizeof(int));
        for (int index = 0; index < count && !_reader.Failed; index++)
        {
            _reader.Skip(sizeof(int));
            ReadOnlySpan<byte> words = _reader.ReadStringBytes(_compact, out _);
            if (first.IsEmpty) first = words;
            if (_compact) _reader.SkipTaggedFields();
        }

        ReadOnlySpan<byte> message = _reader.ReadStringBytes(_compact, out _);
        return message.IsEmpty ? first : message;
    }

    // An answer that ends early is found out to its last byte.
    private bool AtEnd()
    {
        _isOver = true;
        if (_version >= 1 && !_reader.Failed) ThrottleTimeMs = _reader.ReadInt32();
        if (_compact && !_reader.Failed) _reader.SkipTaggedFields();
        return false;
    }
}
