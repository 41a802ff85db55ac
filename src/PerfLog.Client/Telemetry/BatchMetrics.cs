using System.Diagnostics;
using PerfLog.Client.Producing;

namespace PerfLog.Client;

/// <summary>Counts and times produced batches, when somebody listens. Called once for each batch, by whoever knows its fate.</summary>
internal static class BatchMetrics
{
    public static void Told(ProducerBatch batch, ErrorCode error, TimeProvider time)
    {
        if (!ClientTelemetry.Sent.Enabled && !ClientTelemetry.Duration.Enabled) return;
        TagList tags = ClientTelemetry.Tags("publish", "send", batch.Queue.Topic);
        tags.Add("messaging.destination.partition.id", $"{batch.Queue.Partition}");
        if (error != ErrorCode.None) tags.Add("error.type", error.ToString());
        ClientTelemetry.Sent.Add(batch.RecordsCount, tags);
        ClientTelemetry.Duration.Record(time.GetElapsedTime(batch.CreatedAt).TotalSeconds, tags);
    }
}
