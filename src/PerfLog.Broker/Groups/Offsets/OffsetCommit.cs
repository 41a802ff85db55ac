using PerfLog.Broker.Networking;
using PerfLog.Storage;

namespace PerfLog.Broker.Groups;

/// <summary>What becomes of one partition of a commit.</summary>
/// <param name="Error">None for one that is, or will be, written.</param>
/// <param name="Partition">Where the group stands; of no use with an error.</param>
/// <param name="Offset">How far; of no use with an error.</param>
internal readonly record struct PartitionCommit(ErrorCode Error, TopicPartition Partition, CommittedOffset Offset);

/// <summary>
/// A commit from its arrival to its answer: the outcome of each partition, in the request's order. Pooled; one thread at a
/// time.
/// </summary>
internal sealed class OffsetCommit : IDisposable
{
    private readonly List<PartitionCommit> _partitions = [];

    public RequestContext Request { get; private set; } = null!;

    /// <summary>Null until it was found, and when it cannot be had.</summary>
    public Group? Group { get; set; }

    /// <summary>The records; null before and after.</summary>
    public GroupRecordBatch? Batch { get; set; }

    /// <summary>The append while another thread carries it out.</summary>
    public ValueTask<AppendResult> Append { get; set; }

    public int Count => _partitions.Count;

    public PartitionCommit this[int index] => _partitions[index];

    public void Begin(RequestContext request) => Request = request;

    public void Add(in PartitionCommit partition) => _partitions.Add(partition);

    /// <summary>None of those that would have been written was.</summary>
    public void FailAll(ErrorCode error)
    {
        for (int index = 0; index < _partitions.Count; index++)
        {
            if (_partitions[index].Error == ErrorCode.None) _partitions[index] = _partitions[index] with { Error = error };
        }
    }

    public void Clear()
    {
        _partitions.Clear();
        Request = null!;
        Group = null;
        Batch = null;
        Append = default;
    }

    public void Dispose()
    {
    }
}
