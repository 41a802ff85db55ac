using PerfLog.Buffers;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Records;

namespace PerfLog.Client.Producing;

/// <summary>
/// Sends records to topics. Made once and used by any number of threads; disposal sends what is left. Sending does not wait
/// for the network: a record is added to a batch of its partition, and a batch goes when its broker can take it.
/// </summary>
/// <remarks>
/// <para><see cref="SendAsync(in ProducerRecord{TKey, TValue}, CancellationToken)"/> tells where the record came to stand.
/// Whoever does not want to know, or has many records under way, uses <c>Send</c>, which completes as soon as the record is
/// taken; await it, because when memory is used up (<c>buffer.memory</c>) that is what holds the sender back.</para>
/// <para>A task of this class is awaited once. What follows the await runs on a thread that tells other records' outcomes too:
/// work that takes long belongs on a thread of its own.</para>
/// </remarks>
public sealed class Producer<TKey, TValue> : IAsyncDisposable
{
    private const int ScratchesKept = 16;

    private readonly ProducerCore _core;
    private readonly ISerializer<TKey> _keys;
    private readonly ISerializer<TValue> _values;
    private readonly DeliveryPool _deliveries = new(keptMax: 64 * 1024);
    private readonly Reusables<SerializationScratch> _scratches;

    /// <summary>Makes a producer; it connects when the first record is sent.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="keySerializer">Null for the built-in one of the type.</param>
    /// <param name="valueSerializer">Null for the built-in one of the type.</param>
    /// <exception cref="ClientConfigurationException">An option has a bad value or contradicts another.</exception>
    public Producer(ProducerOptions options, ISerializer<TKey>? keySerializer = null, ISerializer<TValue>? valueSerializer = null)
        : this(options, keySerializer, valueSerializer, opener: null)
    {
    }

    internal Producer(
        ProducerOptions options, ISerializer<TKey>? keySerializer, ISerializer<TValue>? valueSerializer, IBrokerLinkOpener? opener)
    {
        IReadOnlyList<BrokerAddress> bootstrap = options.Validate();
        _keys = keySerializer ?? Serdes.Of<TKey>();
        _values = valueSerializer ?? Serdes.Of<TValue>();
        _scratches = new(() => new SerializationScratch(options.MaxRequestSize), ScratchesKept);
        _core = new ProducerCore(options, ClusterAccess.Open(options, bootstrap, opener));
    }

    internal ProducerCore Core => _core;

    /// <summary>Sends a record and tells where it came to stand.</summary>
    /// <exception cref="ProduceException">It was not written, or nobody knows.</exception>
    public ValueTask<RecordMetadata> SendAsync(string topic, TKey key, TValue value, CancellationToken cancellation = default) =>
        SendAsync(new ProducerRecord<TKey, TValue>(topic, key, value), cancellation);

    /// <inheritdoc cref="SendAsync(string, TKey, TValue, CancellationToken)"/>
    /// <param name="record">The record.</param>
    /// <param name="cancellation">Gives up while the record waits for memory or its topic; once taken, it is sent.</param>
    public ValueTask<RecordMetadata> SendAsync(in ProducerRecord<TKey, TValue> record, CancellationToken cancellation = default)
    {
        if (!ClientTelemetry.Source.HasListeners()) return DeliverAsync(record, cancellation);
        PublishSpan span = new(record.Topic, _core.Options.ClientId);
        try
        {
            return span.DeliveredAsync(DeliverAsync(record with { Headers = span.Headers(record.Headers.Span) }, cancellation));
        }
        catch (Exception failure)
        {
            span.End(default, failure);
            throw;
        }
    }

    /// <summary>Sends a record and calls back when its fate is known. Completes when the record is taken.</summary>
    public ValueTask Send(
        in ProducerRecord<TKey, TValue> record, Action<DeliveryReport>? delivered = null, CancellationToken cancellation = default)
    {
        if (!ClientTelemetry.Source.HasListeners()) return Accept(record, delivered, cancellation);
        PublishSpan span = new(record.Topic, _core.Options.ClientId);
        try
        {
            return span.TakenAsync(
                Accept(record with { Headers = span.Headers(record.Headers.Span) }, span.Around(delivered), cancellation));
        }
        catch (Exception failure)
        {
            span.End(default, failure);
            throw;
        }
    }

    /// <summary>Sends a record that is bytes already. An empty key is none. Completes when the record is taken; the
    /// bytes are borrowed for the call alone.</summary>
    public ValueTask Send(
        string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Action<DeliveryReport>? delivered = null,
        CancellationToken cancellation = default)
    {
        if (!ClientTelemetry.Source.HasListeners()) return Accept(topic, key, value, [], delivered, cancellation);
        PublishSpan span = new(topic, _core.Options.ClientId);
        try
        {
            return span.TakenAsync(Accept(topic, key, value, span.Headers([]), span.Around(delivered), cancellation));
        }
        catch (Exception failure)
        {
            span.End(default, failure);
            throw;
        }
    }

    /// <summary>Sends many records that are bytes already. Completes when all are taken; the bytes are borrowed until then.
    /// They are counted, but no trace is put into them.</summary>
    public ValueTask SendMany(
        string topic, ReadOnlyMemory<RawRecord> records, CancellationToken cancellation = default)
    {
        int taken = _core.AcceptMany(_core.TopicOf(topic), records.Span);
        return taken == records.Length ? ValueTask.CompletedTask : SendManyAsync(topic, records[taken..], cancellation);
    }

    /// <summary>Sends everything taken so far and completes when each record's fate is known. Failures are told to those who sent.</summary>
    public Task FlushAsync(CancellationToken cancellation = default) => _core.FlushAsync(cancellation);

    /// <summary>Sends what is left, for <see cref="ProducerOptions.CloseTimeout"/> at most; the rest fails.</summary>
    public ValueTask DisposeAsync() => _core.DisposeAsync();

    private ValueTask<RecordMetadata> DeliverAsync(in ProducerRecord<TKey, TValue> record, CancellationToken cancellation)
    {
        Delivery delivery = _deliveries.Rent();
        ValueTask<RecordMetadata> delivered = delivery.Task;
        ValueTask accepted;
        try
        {
            accepted = Accept(record, delivery, cancellation);
        }
        catch
        {
            delivery.GiveBack();
            throw;
        }

        return accepted.IsCompletedSuccessfully ? delivered : SendAsync(accepted, delivery, delivered);
    }

    private static async ValueTask<RecordMetadata> SendAsync(ValueTask accepted, Delivery delivery, ValueTask<RecordMetadata> delivered)
    {
        try
        {
            await accepted.ConfigureAwait(false);
        }
        catch
        {
            delivery.GiveBack();
            throw;
        }

        return await delivered.ConfigureAwait(false);
    }

    private ValueTask Accept(
        string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ReadOnlySpan<RecordHeader> headers,
        Action<DeliveryReport>? delivered, CancellationToken cancellation)
    {
        RecordBytes bytes = new()
        {
            Key = key.IsEmpty ? OptionalBytes.Null : key,
            Value = value,
            Headers = headers,
            Partition = PartitionChoice.Any,
            Timestamp = TimestampMs.None,
        };
        return _core.AcceptAsync(topic, bytes, delivered, cancellation);
    }

    private ValueTask Accept(in ProducerRecord<TKey, TValue> record, object? waiter, CancellationToken cancellation)
    {
        if (record.Partition is { } partition) ArgumentOutOfRangeException.ThrowIfNegative(partition, nameof(ProducerRecord<,>.Partition));
        SerializationScratch scratch = _scratches.Rent();
        try
        {
            RecordBytes bytes = new()
            {
                Key = scratch.Key(_keys, record.Key),
                Value = scratch.Value(_values, record.Value),
                Headers = record.Headers.Span,
                Partition = record.Partition ?? PartitionChoice.Any,
                Timestamp = record.Timestamp ?? TimestampMs.None,
            };
            return _core.AcceptAsync(record.Topic, bytes, waiter, cancellation);
        }
        catch (BufferLimitException limit)
        {
            throw _core.TooLargeToSerialize(record.Topic, limit);
        }
        finally
        {
            _scratches.GiveBack(scratch);
        }
    }

    private async ValueTask SendManyAsync(string topic, ReadOnlyMemory<RawRecord> records, CancellationToken cancellation)
    {
        TopicQueues queues = _core.TopicOf(topic);
        while (!records.IsEmpty)
        {
            await _core.AcceptAsync(topic, ProducerCore.Bytes(records.Span[0]), waiter: null, cancellation).ConfigureAwait(false);
            records = records[1..];
            records = records[_core.AcceptMany(queues, records.Span)..];
        }
    }
}
