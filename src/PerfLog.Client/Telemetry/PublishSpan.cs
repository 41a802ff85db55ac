using System.Diagnostics;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client;

/// <summary>The activity of sending one record, from the call to its fate. Made only while somebody listens; ended once.</summary>
internal sealed class PublishSpan
{
    private readonly Activity? _activity;
    private readonly Activity? _caller = Activity.Current;

    public PublishSpan(string topic, string clientId)
    {
        TagList tags = ClientTelemetry.Tags("publish", "send", topic);
        tags.Add("messaging.client.id", clientId);
        _activity = ClientTelemetry.Source.StartActivity(ActivityKind.Producer, tags: tags, name: $"publish {topic}");
        // The caller goes on in an activity of his own: this one lasts until the broker answers.
        Activity.Current = _caller;
    }

    /// <summary>The record's headers with the trace's, also when this record's own activity is not sampled.</summary>
    public RecordHeader[] Headers(ReadOnlySpan<RecordHeader> headers) => TraceHeaders.Add(headers, _activity ?? _caller);

    public Action<DeliveryReport> Around(Action<DeliveryReport>? delivered) => report =>
    {
        End(report.Metadata, report.Failure);
        delivered?.Invoke(report);
    };

    /// <summary>Ends it when the record is not taken; otherwise its delivery does.</summary>
    public async ValueTask TakenAsync(ValueTask accepted)
    {
        try
        {
            await accepted.ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            End(default, failure);
            throw;
        }
    }

    public async ValueTask<RecordMetadata> DeliveredAsync(ValueTask<RecordMetadata> delivery)
    {
        try
        {
            RecordMetadata metadata = await delivery.ConfigureAwait(false);
            End(metadata, failure: null);
            return metadata;
        }
        catch (Exception failure)
        {
            End(default, failure);
            throw;
        }
    }

    public void End(RecordMetadata metadata, Exception? failure)
    {
        if (_activity is null) return;
        if (failure is not null)
        {
            _activity.SetTag("error.type", failure is ProduceException refused ? refused.Error.ToString() : failure.GetType().FullName);
            _activity.SetStatus(ActivityStatusCode.Error, failure.Message);
        }
        else
        {
            _activity.SetTag("messaging.destination.partition.id", $"{metadata.Partition}");
            if (metadata.Offset != Offset.None) _activity.SetTag("messaging.kafka.offset", metadata.Offset.Value);
        }

        Activity? current = Activity.Current;
        _activity.Stop();
        Activity.Current = current;
    }
}
