using PerfLog.Client.Cluster;

namespace PerfLog.Client.Producing;

/// <summary>
/// The partitions of one topic that a producer sends to, and the line of records that wait for the topic to be known or for
/// memory. Any thread may use it; snapshots come one at a time.
/// </summary>
internal sealed class TopicQueues(string topic, IPartitioner partitioner, Accumulator accumulator)
{
    private PartitionQueue[] _partitions = [];
    private int[] _available = [];
    private int _inLine;

    public string Topic { get; } = topic;

    /// <summary>Empty while the topic is not known.</summary>
    public ReadOnlySpan<PartitionQueue> Partitions => Volatile.Read(ref _partitions);

    /// <summary>Lets those in line through one by one, in the order in which they came.</summary>
    public SemaphoreSlim Line { get; } = new(1);

    public bool HasLine => Volatile.Read(ref _inLine) > 0;

    /// <summary>Why the topic is of no use; none when it is, or when that is not known.</summary>
    public ErrorCode Error { get; private set; }

    /// <returns>How many stand in line now.</returns>
    public int EnterLine() => Interlocked.Increment(ref _inLine);

    public void LeaveLine() => Interlocked.Decrement(ref _inLine);

    /// <summary>The queue for a record; null when the partition that it asks for does not exist.</summary>
    /// <exception cref="ProduceException">The partitioner chose one that there is not.</exception>
    public PartitionQueue? Choose(in RecordBytes record)
    {
        ReadOnlySpan<PartitionQueue> partitions = Partitions;
        int partition = record.Partition;
        if (partition == PartitionChoice.Any)
        {
            partition = partitions.Length == 1 ? 0 : partitioner.Choose(new PartitionChoice
            {
                Topic = Topic,
                Key = record.Key,
                Value = record.Value,
                Partitions = partitions.Length,
                Available = Volatile.Read(ref _available),
            });
        }

        if ((uint)partition < (uint)partitions.Length) return partitions[partition];
        return record.Partition == PartitionChoice.Any ? throw Misplaced(partition, partitions.Length) : null;
    }

    /// <summary>Takes over what a snapshot says of the topic.</summary>
    public void Update(TopicSnapshot snapshot)
    {
        Error = snapshot.Error;
        if (snapshot.Partitions.Length == 0) return;
        PartitionQueue[] known = _partitions;
        PartitionQueue[] partitions = known;
        if (snapshot.Partitions.Length > known.Length)
        {
            partitions = new PartitionQueue[snapshot.Partitions.Length];
            for (int index = 0; index < partitions.Length; index++)
                partitions[index] = index < known.Length ? known[index] : new PartitionQueue(Topic, index, accumulator);
        }

        for (int index = 0; index < snapshot.Partitions.Length; index++) partitions[index].Leader = snapshot.Partitions[index].Leader;
        int[] led = [.. Enumerable.Range(0, partitions.Length).Where(index => partitions[index].Leader != BrokerId.None)];
        Volatile.Write(ref _available, led.Length > 0 ? led : [.. Enumerable.Range(0, partitions.Length)]);
        Volatile.Write(ref _partitions, partitions);
    }

    private ProduceException Misplaced(int partition, int count) => new(
        ErrorCode.UnknownTopicOrPartition, Topic, partition, $"the partitioner {partitioner.GetType().Name} chose partition {partition} of {count}, which are numbered from 0");
}
