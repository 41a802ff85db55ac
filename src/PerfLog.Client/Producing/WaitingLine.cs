using System.Buffers;
using System.Runtime.CompilerServices;
using PerfLog.Buffers;
using PerfLog.Client.Cluster;
using PerfLog.Protocol.Connections;
using PerfLog.Records;

namespace PerfLog.Client.Producing;

/// <summary>
/// Where records wait that cannot be taken at once: for their topic to be known, then for memory, for <c>max.block.ms</c> at
/// most. Those of one topic are let through in the order in which they came.
/// </summary>
internal sealed class WaitingLine(ProducerCore core, ClusterClient cluster)
{
    private const int LimitsKept = 4;

    private readonly Reusables<CancellationTokenSource> _limits = new(
        () => new CancellationTokenSource(core.Options.MaxBlock, core.Options.Time), LimitsKept);

    private int _waiting;

    private ProducerOptions Options => core.Options;

    /// <summary>Completes when the record is taken. Its bytes are copied before the call returns.</summary>
    public ValueTask WaitAsync(TopicQueues topic, in RecordBytes record, object? waiter, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(core.IsClosing, typeof(ProducerCore));
        if (Interlocked.Increment(ref _waiting) > Options.WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            throw Refused(topic, ErrorCode.ThrottlingQuotaExceeded, $"{Options.WaitingMax} records wait for memory or metadata already");
        }

        topic.EnterLine();
        return WaitAsync(topic, new WaitingRecord(record), waiter, cancellation);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAsync(TopicQueues topic, WaitingRecord record, object? waiter, CancellationToken cancellation)
    {
        CancellationTokenSource limit = _limits.Rent();
        limit.CancelAfter(Options.MaxBlock);
        CancellationTokenSource? either = cancellation.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation)
            : null;
        CancellationToken end = (either ?? limit).Token;
        using WaitingRecord waiting = record;
        bool inTurn = false;
        try
        {
            await topic.Line.WaitAsync(end).ConfigureAwait(false);
            inTurn = true;
            await GetPartitionsAsync(topic, record, end).ConfigureAwait(false);
            await GetMemoryAsync(topic, record, waiter, end).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw TooLate(topic, record.Partition);
        }
        catch (BrokerAuthenticationException refused)
        {
            throw Refused(topic, ErrorCode.SaslAuthenticationFailed, refused.Message, refused);
        }
        finally
        {
            topic.LeaveLine();
            if (inTurn) topic.Line.Release();
            Interlocked.Decrement(ref _waiting);
            either?.Dispose();
            if (limit.TryReset()) _limits.GiveBack(limit);
            else limit.Dispose();
        }
    }

    private async ValueTask GetPartitionsAsync(TopicQueues topic, WaitingRecord record, CancellationToken cancellation)
    {
        // What is known may come from before the topic, or before it grew.
        while (topic.Partitions.IsEmpty || record.Partition >= topic.Partitions.Length)
        {
            await cluster.RefreshAsync(cancellation).ConfigureAwait(false);
            if (topic.Error is ErrorCode.InvalidTopicException or ErrorCode.TopicAuthorizationFailed)
                throw Refused(topic, topic.Error, "the cluster does not have such a topic for this producer");
            if (topic.Partitions.IsEmpty || record.Partition >= topic.Partitions.Length)
                await Task.Delay(Options.RetryBackoff, Options.Time, cancellation).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask GetMemoryAsync(TopicQueues topic, WaitingRecord record, object? waiter, CancellationToken cancellation)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(core.IsClosing, typeof(ProducerCore));
            Task turn = core.Accumulator.Budget.WaitForRoomAsync(core.Accumulator.BatchBytesFor(record.Bytes));
            try
            {
                core.SendAll();
                await turn.WaitAsync(cancellation).ConfigureAwait(false);
                if (core.TryAccept(topic, record.Bytes, waiter, waited: true)) return;
            }
            finally
            {
                core.Accumulator.Budget.LeaveLine(turn);
            }
        }
    }

    private ProduceException TooLate(TopicQueues topic, int partition)
    {
        string limit = $"within {Options.MaxBlock.TotalMilliseconds} ms (max.block.ms)";
        string last = cluster.Failure is { } failure ? $"; at last: {failure.Message}" : "";
        if (topic.Partitions.IsEmpty)
            return Refused(topic, topic.Error == ErrorCode.None ? ErrorCode.RequestTimedOut : topic.Error, $"the topic did not become known {limit}{last}", cluster.Failure);
        return partition >= topic.Partitions.Length
            ? Refused(topic, ErrorCode.UnknownTopicOrPartition, $"there was no partition {partition} {limit}: the topic has {topic.Partitions.Length}, from 0")
            : Refused(topic, ErrorCode.RequestTimedOut, $"there was no memory (buffer.memory={Options.BufferMemory}) {limit}");
    }

    private static ProduceException Refused(TopicQueues topic, ErrorCode error, string reason, Exception? inner = null) =>
        new(error, topic.Topic, PartitionChoice.Any, reason, inner);

    /// <summary>A copy of a record that outlives the sender's call.</summary>
    private sealed class WaitingRecord : IDisposable
    {
        private readonly byte[] _bytes;
        private readonly int _keyLength;
        private readonly int _valueLength;
        private readonly RecordHeader[] _headers;
        private readonly TimestampMs _timestamp;

        public WaitingRecord(in RecordBytes record)
        {
            _keyLength = record.Key.HasValue ? record.Key.Span.Length : Null;
            _valueLength = record.Value.HasValue ? record.Value.Span.Length : Null;
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(_keyLength, 0) + Math.Max(_valueLength, 0));
            record.Key.Span.CopyTo(_bytes);
            record.Value.Span.CopyTo(_bytes.AsSpan(Math.Max(_keyLength, 0)));
            _headers = record.Headers.ToArray();
            _timestamp = record.Timestamp;
            Partition = record.Partition;
        }

        private const int Null = -1;

        public int Partition { get; }

        public RecordBytes Bytes => new()
        {
            Key = _keyLength == Null ? OptionalBytes.Null : new OptionalBytes(_bytes.AsSpan(0, _keyLength)),
            Value = _valueLength == Null ? OptionalBytes.Null : new OptionalBytes(_bytes.AsSpan(Math.Max(_keyLength, 0), _valueLength)),
            Headers = _headers,
            Partition = Partition,
            Timestamp = _timestamp,
        };

        public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
    }
}
