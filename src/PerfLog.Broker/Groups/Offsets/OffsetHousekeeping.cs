using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Removes in the background what is committed but not needed: offsets that expired, offsets of topics that were deleted, and
/// groups of which nothing is left. Owned by the coordinator.
/// </summary>
internal sealed partial class OffsetHousekeeping : IAsyncDisposable
{
    private readonly Channel<DeletedTopic> _deletedTopics =
        Channel.CreateUnbounded<DeletedTopic>(new UnboundedChannelOptions { SingleReader = true });

    private readonly GroupCoordinator _coordinator;
    private readonly OffsetRemoval _removal;
    private readonly ILogger _logger;
    private readonly PeriodicTimer _timer;
    private readonly Task _expiring;
    private readonly Task _deleting;

    public OffsetHousekeeping(GroupCoordinator coordinator, TimeProvider time, ILogger logger)
    {
        _coordinator = coordinator;
        _removal = new OffsetRemoval(coordinator);
        _logger = logger;
        _timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Min(coordinator.Settings.ExpiryCheckIntervalMs, int.MaxValue)), time);
        _expiring = ExpireAsync();
        _deleting = DeleteAsync();
    }

    private readonly record struct DeletedTopic(string Name, TimestampMs At);

    /// <summary>Nobody can read the topic any more. A new one of the same name begins without offsets.</summary>
    public void OnTopicDeleted(string name) => _deletedTopics.Writer.TryWrite(new DeletedTopic(name, _coordinator.Runtime.Now.Wall));

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        _deletedTopics.Writer.TryComplete();
        await _expiring;
        await _deleting;
    }

    private async Task ExpireAsync()
    {
        long retentionMs = _coordinator.Settings.OffsetsRetentionMs;
        while (await _timer.WaitForNextTickAsync())
        {
            TimestampMs now = _coordinator.Runtime.Now.Wall;
            foreach (Group group in _coordinator.Groups)
            {
                await TryAsync(group, () => _removal.RemoveAsync(group, expiring => OffsetExpiry.Expired(expiring, retentionMs, now)));
                await TryAsync(group, () => _removal.ForgetAsync(group));
            }
        }
    }

    private async Task DeleteAsync()
    {
        await foreach (DeletedTopic topic in _deletedTopics.Reader.ReadAllAsync())
        {
            foreach (Group group in _coordinator.Groups) await TryAsync(group, () => _removal.RemoveAsync(group, Of));

            // What was committed later is of another topic with the same name.
            IEnumerable<TopicPartition> Of(Group group) =>
                group.Offsets.All
                    .Where(entry => entry.Key.Topic == topic.Name && entry.Value.CommittedAt <= topic.At)
                    .Select(static entry => entry.Key);
        }
    }

    private async ValueTask TryAsync(Group group, Func<ValueTask<ErrorCode>> remove)
    {
        try
        {
            ErrorCode error = await remove();
            if (error is not (ErrorCode.None or ErrorCode.NonEmptyGroup or ErrorCode.NotCoordinator)) LogNotRemoved(group.Id, error);
        }
        catch (Exception error)
        {
            LogFailed(error, group.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old offsets of group {Group} could not be removed: {Error}")]
    private partial void LogNotRemoved(string group, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Removing old offsets of group {Group} failed")]
    private partial void LogFailed(Exception error, string group);
}
