using PerfLog.Metadata;

namespace PerfLog.Broker.Producers;

/// <summary>
/// Hands out producer ids one by one from blocks that the metadata store gives to this broker. What is left of a block when
/// the broker stops is never used. Any thread may call it.
/// </summary>
internal sealed class ProducerIdSource(ProducerIdBlocks blocks, BrokerId broker)
{
    private readonly SemaphoreSlim _oneRefill = new(1);
    private readonly Lock _gate = new();
    private long _next;
    private long _last = -1;

    /// <returns>Null when the cluster has no id left.</returns>
    public async ValueTask<ProducerId?> NextAsync()
    {
        while (true)
        {
            if (TryTake() is { } id) return id;
            await _oneRefill.WaitAsync();
            try
            {
                if (TryTake() is { } refilled) return refilled;
                CatalogResult<ProducerIdBlock> block = await blocks.AllocateAsync(broker);
                if (!block.Succeeded) return null;
                Refill(block.Value!);
            }
            finally
            {
                _oneRefill.Release();
            }
        }
    }

    private ProducerId? TryTake()
    {
        lock (_gate) return _next <= _last ? new ProducerId(_next++) : null;
    }

    private void Refill(ProducerIdBlock block)
    {
        lock (_gate)
        {
            _next = block.First.Value;
            _last = block.Last.Value;
        }
    }
}
