using PerfLog.Client.Consuming;

namespace PerfLog.Client.Groups;

/// <summary>
/// The partitions that a group has given its consumer: how they come and go, with the commits and the calls of the listener that
/// belong to it. Owned by the <see cref="GroupSession"/>; the polling thread uses it.
/// </summary>
internal sealed class GroupHoldings(
    ConsumerOptions options, ConsumerAssignment assignment, AutoCommit autoCommit, ListenerCalls listener)
{
    public TopicPartition[] Owned() => [.. assignment.Partitions.Select(static state => state.Partition)];

    /// <summary>Has exactly these from now on.</summary>
    /// <param name="partitions">All of them.</param>
    /// <param name="before">What it had, by which the listener is told what came.</param>
    /// <param name="cancellation">Handed to the listener.</param>
    public ValueTask TakeAsync(
        IReadOnlyCollection<TopicPartition> partitions, IEnumerable<TopicPartition> before, CancellationToken cancellation)
    {
        assignment.Replace(partitions);
        return listener.AssignedAsync([.. partitions.Except(before)], cancellation);
    }

    public ValueTask GiveUpAllAsync(CancellationToken cancellation) => GiveUpAsync(static _ => true, cancellation);

    /// <summary>Lets the listener do the last things with some partitions, and has them no more.</summary>
    public async ValueTask GiveUpAsync(Func<TopicPartition, bool> isGivenUp, CancellationToken cancellation)
    {
        TopicPartition[] owned = Owned();
        TopicPartition[] revoked = [.. owned.Where(isGivenUp)];
        if (revoked.Length == 0) return;
        await listener.RevokedAsync(revoked, cancellation).ConfigureAwait(false);
        assignment.Replace(owned.Except(revoked));
    }

    /// <summary>All of them are others' already.</summary>
    public ValueTask LoseAllAsync(CancellationToken cancellation)
    {
        TopicPartition[] lost = Owned();
        assignment.Replace([]);
        return listener.LostAsync(lost, cancellation);
    }

    /// <summary>Commits the positions before partitions go, where the consumer commits by itself.</summary>
    public async ValueTask CommitAsync(Membership membership, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(options.RequestTimeout, options.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await autoCommit.CommitNowAsync(membership, either.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ConsumeException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            // The group has gone on, or the coordinator is away: whoever reads the partitions next repeats what was not committed.
        }
    }
}
