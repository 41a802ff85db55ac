using System.Diagnostics;
using PerfLog.Client.Consuming;

namespace PerfLog.Client;

/// <summary>Tells of what a program does with a record that it has read.</summary>
public static class RecordProcessing
{
    /// <summary>
    /// Handles a record within an activity that goes on with the sender's trace, and times it. Without a listener it is the
    /// handler's call alone.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="handler">What to do with it.</param>
    /// <param name="group">The consumer's group, when it is to be named.</param>
    /// <param name="cancellation">Handed on to the handler.</param>
    public static ValueTask ProcessAsync<TKey, TValue>(
        this ConsumedRecord<TKey, TValue> record,
        Func<ConsumedRecord<TKey, TValue>, CancellationToken, ValueTask> handler,
        string? group = null,
        CancellationToken cancellation = default) =>
        ClientTelemetry.Source.HasListeners() || ClientTelemetry.ProcessDuration.Enabled
            ? ObserveAsync(record, handler, group, cancellation)
            : handler(record, cancellation);

    private static async ValueTask ObserveAsync<TKey, TValue>(
        ConsumedRecord<TKey, TValue> record,
        Func<ConsumedRecord<TKey, TValue>, CancellationToken, ValueTask> handler,
        string? group,
        CancellationToken cancellation)
    {
        TagList tags = ClientTelemetry.Tags("process", "process", record.Topic);
        tags.Add("messaging.destination.partition.id", $"{record.Partition}");
        if (group is not null) tags.Add("messaging.consumer.group.name", group);
        long started = Stopwatch.GetTimestamp();
        using Activity? activity = ClientTelemetry.Source.StartActivity(
            ActivityKind.Consumer, TraceHeaders.Read(record.Headers), tags, name: $"process {record.Topic}");
        activity?.SetTag("messaging.kafka.offset", record.Offset.Value);
        try
        {
            await handler(record, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            tags.Add("error.type", failure.GetType().FullName);
            activity?.SetTag("error.type", failure.GetType().FullName);
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
        finally
        {
            ClientTelemetry.ProcessDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
        }
    }
}
