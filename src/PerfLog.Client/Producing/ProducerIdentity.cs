using PerfLog.Client.Cluster;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Producing;

/// <summary>
/// The id that the cluster gave to an idempotent producer. Any thread may read it; the senders ask for it, together when
/// they need it at the same time.
/// </summary>
internal sealed class ProducerIdentity
{
    private readonly SemaphoreSlim _asking = new(1);
    private readonly Lock _lock = new();
    private ProducerSequence? _first;

    /// <summary>The sequence with which each partition starts; null before the cluster was asked.</summary>
    public ProducerSequence? First
    {
        get
        {
            lock (_lock) return _first;
        }
    }

    /// <summary>Gives up an id whose epochs are used up.</summary>
    public void Forget(ProducerId id)
    {
        lock (_lock)
        {
            if (_first?.Id == id) _first = null;
        }
    }

    /// <summary>Asks the cluster for an id, unless there is one.</summary>
    /// <returns>The broker's refusal; none when there is an id now.</returns>
    /// <exception cref="IOException">The broker went away.</exception>
    public async ValueTask<ErrorCode> AcquireAsync(ClusterClient cluster, CancellationToken cancellation)
    {
        if (First is not null) return ErrorCode.None;
        await _asking.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return First is null ? await AskAsync(cluster, cancellation).ConfigureAwait(false) : ErrorCode.None;
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task<ErrorCode> AskAsync(ClusterClient cluster, CancellationToken cancellation)
    {
        IBrokerLink link = await cluster.AnyLinkAsync(cancellation).ConfigureAwait(false);
        try
        {
            InitProducerIdResponse response = await link.SendAsync<InitProducerIdRequest, InitProducerIdResponse>(
                new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = int.MaxValue },
                link.VersionOf<InitProducerIdRequest>(),
                cancellation).ConfigureAwait(false);
            if (response.ErrorCode != ErrorCode.None) return response.ErrorCode;
            lock (_lock) _first = new ProducerSequence(new ProducerId(response.ProducerId), response.ProducerEpoch, 0);
            return ErrorCode.None;
        }
        catch (IOException)
        {
            await cluster.DropAsync(link).ConfigureAwait(false);
            throw;
        }
    }
}
