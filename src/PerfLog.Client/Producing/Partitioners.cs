using PerfLog.Hashing;

namespace PerfLog.Client.Producing;

/// <summary>Makes a topic's partitioner.</summary>
/// <param name="topic">The topic.</param>
/// <param name="batchBytes">The producer's <c>batch.size</c>: how much to send to one partition before going to the next.</param>
/// <param name="seed">Randomness to start from.</param>
public delegate IPartitioner PartitionerFactory(string topic, int batchBytes, int seed);

/// <summary>The partitioners that there are.</summary>
public static class Partitioners
{
    /// <summary>By the key's murmur2 hash; without a key a whole batch to one partition, then to another.</summary>
    public static readonly PartitionerFactory Default =
        static (_, batchBytes, seed) => new KeyPartitioner(new StickyPartitioner(batchBytes, seed));

    /// <summary>A whole batch to one partition, then to another, whatever the key.</summary>
    public static readonly PartitionerFactory UniformSticky = static (_, batchBytes, seed) => new StickyPartitioner(batchBytes, seed);

    /// <summary>Each record to the next partition, whatever the key.</summary>
    public static readonly PartitionerFactory RoundRobin = static (_, _, _) => new RoundRobinPartitioner();
}

/// <summary>Same key, same partition; records without a key are left to another partitioner.</summary>
internal sealed class KeyPartitioner(IPartitioner withoutKey) : IPartitioner
{
    public int Choose(in PartitionChoice choice) =>
        choice.Key.HasValue ? Murmur2.Partition(choice.Key.Span, choice.Partitions) : withoutKey.Choose(choice);
}

/// <summary>
/// Stays with one partition until a batch's worth of bytes went there, because full batches cost least. Two threads that
/// meet at the turn may both turn, which does no harm.
/// </summary>
internal sealed class StickyPartitioner(int batchBytes, int seed) : IPartitioner
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private int _partition = PartitionChoice.Any;
    private int _bytes;

    public int Choose(in PartitionChoice choice)
    {
        int current = Volatile.Read(ref _partition);
        int sent = Interlocked.Add(ref _bytes, choice.Key.Span.Length + choice.Value.Span.Length + 1);
        bool stays = current >= 0 && current < choice.Partitions && sent < batchBytes;
        return stays ? current : Turn(choice.Available, current);
    }

    private int Turn(ReadOnlySpan<int> available, int current)
    {
        lock (_lock)
        {
            int next = available[_random.Next(available.Length)];
            // Not the same again, where there is another.
            if (next == current && available.Length > 1)
                next = available[(available.IndexOf(next) + 1) % available.Length];
            Volatile.Write(ref _bytes, 0);
            Volatile.Write(ref _partition, next);
            return next;
        }
    }
}

/// <summary>Goes through the partitions that have a leader, in order.</summary>
internal sealed class RoundRobinPartitioner : IPartitioner
{
    private int _turn = -1;

    public int Choose(in PartitionChoice choice) =>
        choice.Available[(int)((uint)Interlocked.Increment(ref _turn) % (uint)choice.Available.Length)];
}
