using PerfLog.Wire;

namespace PerfLog.Protocol.Hot;

/// <summary>
/// The way through a response's topics to their partitions, where both are arrays and topics are named. It reads names and
/// lengths; what a partition holds is its owner's to read. A part of one reader, on the stack.
/// </summary>
internal ref struct TopicWalk
{
    private const int TopicBytesMin = 2;

    private readonly bool _compact;
    private readonly int _partitionBytesMin;
    private int _topicsLeft;
    private int _partitionsLeft;
    private bool _inTopic;

    /// <param name="reader">Stands before the number of topics.</param>
    /// <param name="compact">Whether the version is a flexible one.</param>
    /// <param name="partitionBytesMin">The least that a partition takes, by which numbers that lie are found out.</param>
    public TopicWalk(scoped ref WireReader reader, bool compact, int partitionBytesMin)
    {
        _compact = compact;
        _partitionBytesMin = partitionBytesMin;
        _topicsLeft = reader.ReadArrayLength(compact, TopicBytesMin);
    }

    /// <summary>The topic of the partition that the walk has come to.</summary>
    public ReadOnlySpan<byte> Topic { get; private set; }

    /// <summary>Goes to the next partition, past the ends and heads of topics.</summary>
    /// <returns>False behind the last one, or when the response makes no sense.</returns>
    public bool MoveNext(scoped ref WireReader reader)
    {
        while (_partitionsLeft == 0)
        {
            if (_inTopic && _compact) reader.SkipTaggedFields();
            _inTopic = _topicsLeft > 0 && !reader.Failed;
            if (!_inTopic) return false;
            _topicsLeft--;
            Topic = reader.ReadStringBytes(_compact, out _);
            _partitionsLeft = reader.ReadArrayLength(_compact, _partitionBytesMin);
        }

        _partitionsLeft--;
        return true;
    }
}
