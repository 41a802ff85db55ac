using System.Diagnostics;
using PerfLog.Client.Consuming;

namespace PerfLog.Client;

/// <summary>Tells of polls that returned records, when somebody listens. Called by the polling thread.</summary>
internal static class ReceiveTelemetry
{
    // More than this many origins of one poll's records tell a reader of traces nothing.
    private const int LinksMax = 128;

    public static bool IsHeard =>
        ClientTelemetry.Source.HasListeners() || ClientTelemetry.Consumed.Enabled || ClientTelemetry.Duration.Enabled;

    public static async ValueTask<ConsumedBatch<TKey, TValue>> ObserveAsync<TKey, TValue>(
        ValueTask<ConsumedBatch<TKey, TValue>> polling, ConsumerOptions options)
    {
        long started = options.Time.GetTimestamp();
        DateTimeOffset startTime = options.Time.GetUtcNow();
        ConsumedBatch<TKey, TValue> batch = await polling.ConfigureAwait(false);
        if (batch.Count == 0) return batch;
        string? topic = batch[0].Topic == batch[batch.Count - 1].Topic ? batch[0].Topic : null;
        Trace(batch, topic, options, startTime);
        ClientTelemetry.Duration.Record(
            options.Time.GetElapsedTime(started).TotalSeconds, ClientTelemetry.Tags("receive", "receive", topic));
        if (ClientTelemetry.Consumed.Enabled) Count(batch, options);
        return batch;
    }

    private static void Trace<TKey, TValue>(
        ConsumedBatch<TKey, TValue> batch, string? topic, ConsumerOptions options, DateTimeOffset startTime)
    {
        if (!ClientTelemetry.Source.HasListeners()) return;
        TagList tags = ClientTelemetry.Tags("receive", "receive", topic);
        tags.Add("messaging.client.id", options.ClientId);
        tags.Add("messaging.batch.message_count", batch.Count);
        if (options.GroupId is not null) tags.Add("messaging.consumer.group.name", options.GroupId);
        List<ActivityLink> links = [];
        foreach (ConsumedRecord<TKey, TValue> record in batch)
        {
            if (links.Count == LinksMax) break;
            ActivityContext origin = TraceHeaders.Read(record.Headers);
            if (origin != default) links.Add(new ActivityLink(origin));
        }

        string name = topic is null ? "receive" : $"receive {topic}";
        using Activity? activity = ClientTelemetry.Source.StartActivity(ActivityKind.Client, default, tags, links, startTime, name);
    }

    private static void Count<TKey, TValue>(ConsumedBatch<TKey, TValue> batch, ConsumerOptions options)
    {
        // Records come by partition: one number for each run of them.
        for (int from = 0, to; from < batch.Count; from = to)
        {
            TopicPartition partition = batch[from].TopicPartition;
            for (to = from + 1; to < batch.Count && batch[to].TopicPartition == partition;) to++;
            TagList tags = ClientTelemetry.Tags("receive", "receive", partition.Topic);
            tags.Add("messaging.destination.partition.id", $"{partition.Partition}");
            if (options.GroupId is not null) tags.Add("messaging.consumer.group.name", options.GroupId);
            ClientTelemetry.Consumed.Add(to - from, tags);
        }
    }
}
