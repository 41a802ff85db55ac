using Microsoft.Extensions.Logging;
using PerfLog.Client.Consuming;

namespace PerfLog.Client.Hosting;

/// <summary>What a hosted consumer writes to the host's log, the group's moves of partitions included.</summary>
internal sealed partial class WorkerLog(ILogger logger, string consumer) : IRebalanceListener
{
    public void Started(IEnumerable<string> topics, string? group) => Started(logger, consumer, string.Join(", ", topics), group);

    public void Stopped() => Stopped(logger, consumer);

    public void Failed(Exception failure) => Failed(logger, failure, consumer);

    public void HandlerFailed(Exception failure, TopicPartition partition, Offset offset, HandlerFailure answer) =>
        HandlerFailed(logger, failure, consumer, partition, offset.Value, answer);

    public ValueTask OnRevokedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        if (logger.IsEnabled(LogLevel.Information)) Revoked(logger, consumer, string.Join(", ", partitions));
        return ValueTask.CompletedTask;
    }

    public ValueTask OnAssignedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        if (logger.IsEnabled(LogLevel.Information)) Assigned(logger, consumer, string.Join(", ", partitions));
        return ValueTask.CompletedTask;
    }

    public ValueTask OnLostAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        if (logger.IsEnabled(LogLevel.Warning)) Lost(logger, consumer, string.Join(", ", partitions));
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Information, "{Consumer} reads {Topics} as a member of {Group}.")]
    private static partial void Started(ILogger logger, string consumer, string topics, string? group);

    [LoggerMessage(2, LogLevel.Information, "{Consumer} has stopped.")]
    private static partial void Stopped(ILogger logger, string consumer);

    [LoggerMessage(3, LogLevel.Error, "{Consumer} has failed.")]
    private static partial void Failed(ILogger logger, Exception failure, string consumer);

    [LoggerMessage(4, LogLevel.Error, "{Consumer}: the handler failed on {Partition} at {Offset}: {Answer}.")]
    private static partial void HandlerFailed(
        ILogger logger, Exception failure, string consumer, TopicPartition partition, long offset, HandlerFailure answer);

    [LoggerMessage(5, LogLevel.Information, "{Consumer} was given {Partitions}.")]
    private static partial void Assigned(ILogger logger, string consumer, string partitions);

    [LoggerMessage(6, LogLevel.Information, "{Consumer} gives up {Partitions}.")]
    private static partial void Revoked(ILogger logger, string consumer, string partitions);

    [LoggerMessage(7, LogLevel.Warning, "{Consumer} has lost {Partitions}: the group went on without it.")]
    private static partial void Lost(ILogger logger, string consumer, string partitions);
}
