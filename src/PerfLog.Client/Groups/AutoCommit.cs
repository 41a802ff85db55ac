using PerfLog.Client.Consuming;

namespace PerfLog.Client.Groups;

/// <summary>
/// Commits the positions of a consumer from time to time (<c>enable.auto.commit</c>). Called by the polling thread at the
/// start of a poll: what earlier polls handed out counts as done. The commit itself goes on beside it, one at a time.
/// </summary>
internal sealed class AutoCommit(ConsumerOptions options, ConsumerAssignment assignment, GroupOffsets offsets) : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Dictionary<TopicPartition, Offset> _committed = [];
    private Task _committing = Task.CompletedTask;
    private long _committedAt = options.Time.GetTimestamp();

    public bool IsDue => options.EnableAutoCommit && _committing.IsCompleted
        && options.Time.GetElapsedTime(_committedAt) >= options.AutoCommitInterval;

    public void CommitIfDue(Membership membership)
    {
        if (!IsDue) return;
        _committedAt = options.Time.GetTimestamp();
        Dictionary<TopicPartition, OffsetAndMetadata> positions = Positions();
        if (positions.Count > 0) _committing = CommitAsync(membership, positions);
    }

    /// <summary>Commits before partitions go.</summary>
    /// <exception cref="ConsumeException">The coordinator refused.</exception>
    public async Task CommitNowAsync(Membership membership, CancellationToken cancellation)
    {
        if (!options.EnableAutoCommit) return;
        await _committing.WaitAsync(cancellation).ConfigureAwait(false);
        Dictionary<TopicPartition, OffsetAndMetadata> positions = Positions();
        await offsets.CommitAsync(membership, positions, cancellation).ConfigureAwait(false);
        Remember(positions);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task CommitAsync(Membership membership, Dictionary<TopicPartition, OffsetAndMetadata> positions)
    {
        try
        {
            await offsets.CommitAsync(membership, positions, _closing.Token).ConfigureAwait(false);
            Remember(positions);
        }
        catch (ConsumeException)
        {
            // The group rebalances, and the next commit is in the name of the next generation.
        }
        catch (OperationCanceledException)
        {
            // The consumer closes, after a last commit.
        }
    }

    private void Remember(Dictionary<TopicPartition, OffsetAndMetadata> positions)
    {
        lock (_committed)
        {
            foreach (var (partition, at) in positions) _committed[partition] = at.Offset;
        }
    }

    /// <summary>The positions that are not committed yet.</summary>
    private Dictionary<TopicPartition, OffsetAndMetadata> Positions()
    {
        Dictionary<TopicPartition, OffsetAndMetadata> positions = [];
        lock (_committed)
        {
            foreach (PartitionState state in assignment.Partitions)
            {
                if (state.Position is not { } position) continue;
                if (_committed.TryGetValue(state.Partition, out Offset known) && known == position.Offset) continue;
                positions[state.Partition] = new OffsetAndMetadata(position.Offset, "", position.Epoch);
            }
        }

        return positions;
    }
}
