using PerfLog.Broker.Networking;

namespace PerfLog.Broker.Producing;

/// <summary>
/// A produce request in progress: the outcome of each partition, in the request's order. Pooled; one thread at a time.
/// </summary>
internal sealed class ProduceWork : IDisposable
{
    private PartitionProduce[] _partitions = new PartitionProduce[4];

    public RequestContext Request { get; set; } = null!;

    public short Acks { get; set; }

    public int Count { get; private set; }

    public bool HasPending { get; private set; }

    public bool HasError { get; private set; }

    public ref PartitionProduce this[int index] => ref _partitions[index];

    public void Add(in PartitionProduce partition)
    {
        if (Count == _partitions.Length) Array.Resize(ref _partitions, Count * 2);
        _partitions[Count++] = partition;
        HasPending |= partition.IsPending;
        HasError |= partition.Error != ErrorCode.None;
    }

    /// <summary>Waits for the appends that other threads carry out.</summary>
    public async ValueTask AwaitPendingAsync()
    {
        for (int index = 0; index < Count; index++)
        {
            if (!_partitions[index].IsPending) continue;
            var result = await _partitions[index].Pending;
            _partitions[index].SetResult(result);
            HasError |= result.Error != ErrorCode.None;
        }
    }

    public void Clear()
    {
        Array.Clear(_partitions, 0, Count);
        Count = 0;
        HasPending = HasError = false;
        Request = null!;
    }

    public void Dispose()
    {
    }
}
