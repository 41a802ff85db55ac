using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Consuming;

/// <summary>
/// Finds where to start in partitions that have no position: what the group committed, else what the policy says. It works
/// beside the polling thread, one search at a time, which its owner awaits at the end.
/// </summary>
internal sealed class PositionFinder(ConsumerOptions options, ConsumerAssignment assignment, OffsetLookup offsets, Action found) : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private Task _searching = Task.CompletedTask;

    /// <summary>Asks a group what it committed; null where there is no group.</summary>
    public Func<IReadOnlyList<TopicPartition>, CancellationToken, Task<IReadOnlyDictionary<TopicPartition, OffsetAndMetadata>>>? Committed { get; set; }

    /// <summary>Starts a search, if there is anything to find and none is under way.</summary>
    /// <returns>The search; failures are the partitions'.</returns>
    public Task FindAsync()
    {
        if (!_searching.IsCompleted) return _searching;
        List<PartitionState>? lost = null;
        lock (assignment.Lock)
        {
            foreach (PartitionState state in assignment.Partitions)
            {
                if (state.Position is null && state.Failure is null) (lost ??= []).Add(state);
            }
        }

        return lost is null ? Task.CompletedTask : _searching = SearchAsync(lost);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _searching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task SearchAsync(List<PartitionState> states)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await TakeCommittedAsync(states).ConfigureAwait(false);
            await TakeByPolicyAsync([.. states.Where(static state => state.Position is null && state.Failure is null)]).ConfigureAwait(false);
        }
        catch (Exception failure) when (!_closing.IsCancellationRequested)
        {
            lock (assignment.Lock)
            {
                foreach (PartitionState state in states.Where(static state => state.Position is null))
                {
                    state.Failure = failure is BrokerAuthenticationException refused
                        ? new ConsumeException(state.Partition.ToString(), refused)
                        : failure;
                }
            }
        }

        found();
    }

    private async Task TakeCommittedAsync(List<PartitionState> states)
    {
        TopicPartition[] unread = [.. states.Where(static state => state.ResetTo is null).Select(static state => state.Partition)];
        if (Committed is null || unread.Length == 0) return;
        IReadOnlyDictionary<TopicPartition, OffsetAndMetadata> committed = await Committed(unread, _closing.Token).ConfigureAwait(false);
        foreach (PartitionState state in states)
        {
            if (state.ResetTo is null && committed.TryGetValue(state.Partition, out OffsetAndMetadata at))
                assignment.Found(state, new OffsetPosition(at.Offset, at.LeaderEpoch));
        }
    }

    private async Task TakeByPolicyAsync(List<PartitionState> states)
    {
        Dictionary<TopicPartition, OffsetSpec> questions = [];
        foreach (PartitionState state in states)
        {
            if (state.ResetTo is null && options.AutoOffsetReset == OffsetReset.None)
            {
                lock (assignment.Lock)
                {
                    state.Failure = new ConsumeException(
                        ErrorCode.OffsetOutOfRange, state.Partition.ToString(), "nothing is committed, and auto.offset.reset=none");
                }
            }
            else
            {
                questions[state.Partition] = state.ResetTo ?? OffsetLookup.QuestionOf(options.AutoOffsetReset);
            }
        }

        if (questions.Count == 0) return;
        Dictionary<TopicPartition, FoundOffset> answers = await offsets.FindAsync(questions, _closing.Token).ConfigureAwait(false);
        foreach (PartitionState state in states)
        {
            if (answers.TryGetValue(state.Partition, out FoundOffset answer))
                assignment.Found(state, new OffsetPosition(answer.Offset, answer.LeaderEpoch));
        }
    }
}
