using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Protocol.Hot;

/// <summary>What a broker answered for one partition of a fetch, read in place.</summary>
public ref struct FetchedAnswer
{
    public ReadOnlySpan<byte> TopicUtf8;
    public int Partition;
    public ErrorCode Error;
    public long HighWatermark;
    public long LastStableOffset;
    public long LogStartOffset;
    public int PreferredReadReplica;

    /// <summary>Where the reader's log leaves the leader's; -1 when it does not.</summary>
    public int DivergingEpoch;
    public long DivergingEndOffset;

    /// <summary>The leader to go to, when it is not this broker; -1 when that is not said.</summary>
    public int LeaderId;
    public int LeaderEpoch;

    /// <summary>Where the records stand in the frame.</summary>
    public int RecordsStart;
    public int RecordsBytes;

    internal ReadOnlySpan<byte> AbortedBytes;

    /// <summary>The bytes of each; 0 where they differ, because some carry tagged fields.</summary>
    internal int AbortedStride;

    /// <summary>How many transactions were aborted within the range.</summary>
    public int AbortedCount { get; internal set; }

    public readonly AbortedTransaction AbortedAt(int index)
    {
        var reader = new WireReader(AbortedBytes);
        if (AbortedStride > 0) reader.Skip(index * AbortedStride);
        else for (int passed = 0; passed < index; passed++) Pass(ref reader);
        return new AbortedTransaction(reader.ReadInt64(), reader.ReadInt64());
    }

    /// <summary>Goes past a transaction in a flexible version.</summary>
    internal static void Pass(scoped ref WireReader reader)
    {
        reader.Skip(sizeof(long) + sizeof(long));
        reader.SkipTaggedFields();
    }
}

/// <summary>
/// Walks a fetch response's partitions in place, without message objects, in versions that name topics. Look at
/// <see cref="Failure"/> after the walk.
/// </summary>
public ref struct FetchResponseReader
{
    /// <summary>The last version that names topics; later ones have ids.</summary>
    public const short HighestVersion = 12;

    private const uint DivergingEpochTag = 0;
    private const uint CurrentLeaderTag = 1;
    private const int AbortedBytes = sizeof(long) + sizeof(long);
    private const int PartitionBytesMin = sizeof(int) + sizeof(short) + sizeof(long);

    private readonly short _version;
    private readonly bool _compact;
    private WireReader _reader;
    private TopicWalk _topics;
    private bool _isOver;

    /// <param name="frame">The response without its length, header included.</param>
    /// <param name="version">The version of the request.</param>
    public FetchResponseReader(ReadOnlySpan<byte> frame, short version)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, HighestVersion);
        _version = version;
        _compact = version >= FetchResponse.FirstFlexibleVersion;
        _reader = new WireReader(frame);
        ResponseFrame.ReadHeader(ref _reader, ApiKey.Fetch, version);
        if (version >= 1) ThrottleTimeMs = _reader.ReadInt32();
        if (version >= 7) Error = (ErrorCode)_reader.ReadInt16();
        if (version >= 7) SessionId = _reader.ReadInt32();
        _topics = new TopicWalk(ref _reader, _compact, PartitionBytesMin);
    }

    /// <summary>What is wrong with the request as a whole, such as its session.</summary>
    public ErrorCode Error { get; }

    public int SessionId { get; }

    public int ThrottleTimeMs { get; }

    public FetchedAnswer Current { get; private set; }

    /// <summary>What was wrong with the response; null while all is well.</summary>
    public readonly string? Failure => _reader.Failure;

    public bool MoveNext()
    {
        if (_isOver) return false;
        if (!_topics.MoveNext(ref _reader)) return AtEnd();
        ReadPartition();
        return !_reader.Failed;
    }

    // An answer that ends early is found out to its last byte.
    private bool AtEnd()
    {
        _isOver = true;
        if (_compact && !_reader.Failed) _reader.SkipTaggedFields();
        return false;
    }

    private void ReadPartition()
    {
        FetchedAnswer answer = new()
        {
            TopicUtf8 = _topics.Topic,
            Partition = _reader.ReadInt32(),
            Error = (ErrorCode)_reader.ReadInt16(),
            HighWatermark = _reader.ReadInt64(),
            LastStableOffset = _version >= 4 ? _reader.ReadInt64() : -1,
            LogStartOffset = _version >= 5 ? _reader.ReadInt64() : -1,
            DivergingEpoch = -1,
            DivergingEndOffset = -1,
            LeaderId = -1,
            LeaderEpoch = -1,
        };
        if (_version >= 4) ReadAborted(ref answer);
        answer.PreferredReadReplica = _version >= 11 ? _reader.ReadInt32() : -1;
        ReadOnlySpan<byte> records = _reader.ReadNullableBytes(_compact, out _);
        answer.RecordsStart = _reader.Position - records.Length;
        answer.RecordsBytes = records.Length;
        if (_compact) ReadTags(ref answer);
        Current = answer;
    }

    private void ReadAborted(scoped ref FetchedAnswer answer)
    {
        int count = Math.Max(_reader.ReadNullableArrayLength(_compact, AbortedBytes), 0);
        int start = _reader.Position;
        answer.AbortedStride = AbortedBytes + (_compact ? 1 : 0);
        if (!_compact) _reader.Skip(count * answer.AbortedStride);
        else for (int index = 0; index < count && !_reader.Failed; index++) FetchedAnswer.Pass(ref _reader);
        if (_reader.Failed) return;
        answer.AbortedCount = count;
        answer.AbortedBytes = _reader.Since(start);
        if (answer.AbortedBytes.Length != count * answer.AbortedStride) answer.AbortedStride = 0;
    }

    private void ReadTags(scoped ref FetchedAnswer answer)
    {
        uint count = _reader.ReadUnsignedVarint();
        for (uint field = 0; field < count && !_reader.Failed; field++)
        {
            uint tag = _reader.ReadUnsignedVarint();
            int end = _reader.ReadTaggedFieldEnd();
            if (tag == DivergingEpochTag)
            {
                answer.DivergingEpoch = _reader.ReadInt32();
                answer.DivergingEndOffset = _reader.ReadInt64();
            }
            else if (tag == CurrentLeaderTag)
            {
                answer.LeaderId = _reader.ReadInt32();
                answer.LeaderEpoch = _reader.ReadInt32();
            }

            _reader.SkipTo(end);
        }
    }
}
