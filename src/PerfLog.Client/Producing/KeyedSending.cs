using PerfLog.Records;

namespace PerfLog.Client.Producing;

/// <summary>Sends records that say what their key is.</summary>
public static class KeyedSending
{
    /// <summary>Sends a record with the key that it names, which decides its partition.</summary>
    public static ValueTask<RecordMetadata> SendAsync<TKey, TValue>(
        this Producer<TKey, TValue> producer, string topic, TValue value, CancellationToken cancellation = default)
        where TValue : IKeyed<TKey> => producer.SendAsync(topic, value.PartitionKey, value, cancellation);
}
