using Microsoft.Extensions.Logging;
using PerfLog.Storage;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Gives groups what they lack themselves: a clock, and a log for what they want written. Whoever changed a group calls
/// <see cref="Settle"/> before it lets the group's lock go.
/// </summary>
internal sealed partial class GroupRuntime : IDisposable
{
    private readonly GroupLog _log;
    private readonly GroupTimers _timers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public GroupRuntime(GroupLog log, TimeProvider time, ILogger logger)
    {
        _log = log;
        _time = time;
        _logger = logger;
        _timers = new GroupTimers(OnDue, time);
    }

    public Moment Now => Moment.Now(_time);

    /// <summary>Has written what the group asks for, and sees to it that it is woken in time. Under the group's lock.</summary>
    public void Settle(Group group, Moment now)
    {
        while (true)
        {
            while (group.Membership.TryTakeWrite(out GroupWrite? write)) Write(group, write, now);
            if (group.Membership.Successor is not { } successor) break;
            group.Membership = successor;
        }

        _timers.Schedule(group, group.Membership.NextDeadlineTick);
    }

    public void Dispose() => _timers.Dispose();

    private void OnDue(Group group)
    {
        lock (group.Gate)
        {
            Moment now = Now;
            group.Membership.Tick(now);
            Settle(group, now);
        }
    }

    private void Write(Group group, GroupWrite write, Moment now)
    {
        GroupRecordBatch batch = _log.Rent(group.Home, now.Wall);
        foreach (GroupRecord record in write.Records)
        {
            if (batch.TryAdd(record)) continue;
            _log.GiveBack(batch);
            Complete(group, write, ErrorCode.MessageTooLarge, now);
            return;
        }

        ValueTask<AppendResult> append = _log.AppendAsync(group.Home, batch);
        if (!append.IsCompletedSuccessfully)
        {
            _ = CompleteLaterAsync(group, write, batch, append);
            return;
        }

        _log.GiveBack(batch);
        Complete(group, write, append.Result.Error, now);
    }

    private async Task CompleteLaterAsync(Group group, GroupWrite write, GroupRecordBatch batch, ValueTask<AppendResult> append)
    {
        ErrorCode error = await Outcome(append);
        _log.GiveBack(batch);
        lock (group.Gate)
        {
            Moment now = Now;
            Complete(group, write, error, now);
            Settle(group, now);
        }
    }

    private async ValueTask<ErrorCode> Outcome(ValueTask<AppendResult> append)
    {
        try
        {
            return (await append).Error;
        }
        catch (Exception error)
        {
            LogBroken(error);
            return ErrorCode.KafkaStorageError;
        }
    }

    private void Complete(Group group, GroupWrite write, ErrorCode error, Moment now)
    {
        if (error != ErrorCode.None) LogNotWritten(group.Id, error);
        write.Done?.Invoke(GroupLog.ErrorFor(error), now);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state of group {Group} could not be written: {Error}")]
    private partial void LogNotWritten(string group, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Error, Message = "An append to the offsets' topic failed")]
    private partial void LogBroken(Exception error);
}
