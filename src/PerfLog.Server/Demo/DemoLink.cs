using System.Buffers;
using System.Net;
using PerfLog.Buffers;
using PerfLog.Client.Admin;
using PerfLog.Protocol;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Server.Demo;

/// <summary>
/// The demo's way to its broker: two TCP connections, as a producer and a consumer would have, to the one partition of its
/// topic. Requests are sent as frames, so that a batch is copied once, into its frame.
/// </summary>
internal sealed class DemoLink(BrokerConnection producing, BrokerConnection fetching, string topic) : IAsyncDisposable
{
    private const string ClientId = "perflog-demo";
    private const short AcksAll = -1;
    private const int TimeoutMs = 30_000;
    private const int FetchBytesMax = 2 * 1024 * 1024;

    // From version 3 on a produce request carries today's batches; up to 8 its records come last, behind fields of fixed size.
    private const short ProduceVersionMax = 8;

    // The last fetch version in the classic encoding, and the first that has every field read here.
    private const short FetchVersion = 11;

    public static async Task<DemoLink> OpenAsync(IPEndPoint broker, string topic, CancellationToken cancellation)
    {
        await using (AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = broker.ToString() }))
            await admin.CreateTopicAsync(new NewTopic(topic, Partitions: 1, ReplicationFactor: 1), cancellation: cancellation);
        BrokerConnection producing = await ConnectAsync(broker, cancellation);
        return new DemoLink(producing, await ConnectAsync(broker, cancellation), topic);
    }

    /// <summary>Sends a batch and waits until it is acknowledged. The bytes are borrowed until then.</summary>
    public async Task ProduceAsync(ReadOnlyMemory<byte> batch, CancellationToken cancellation)
    {
        short version = producing.VersionOf<ProduceRequest>(ProduceVersionMax);
        using BufferLease frame = new(MemoryPool<byte>.Shared, ProducePrefixBytes(version) + batch.Length);
        WriteProduce(frame.Span, version, batch.Span);
        using BufferLease answer = await producing.SendFrameAsync(frame.Memory, cancellation);
        var reader = new WireReader(answer.Span);
        ResponseFrame.ReadHeader(ref reader, ApiKey.Produce, version);
        ProduceResponse response = ProduceResponse.Read(ref reader, version);
        if (reader.Failed) throw new CommandException($"The answer to a produce request cannot be read: {reader.Failure}.");
        ErrorCode error = response.Responses[0].PartitionResponses[0].ErrorCode;
        if (error != ErrorCode.None) throw new CommandException($"The broker refused a batch of {batch.Length:N0} bytes: {error}.");
    }

    /// <summary>Reads from an offset; nothing at the end of the log.</summary>
    public async Task<FetchedBatches> FetchAsync(Offset from, CancellationToken cancellation)
    {
        FetchRequest request = FetchFrom(from);
        int size = RequestFrame.Size(request, FetchVersion, ClientId);
        using BufferLease frame = new(MemoryPool<byte>.Shared, size);
        Write(request, frame.Span);
        BufferLease answer = await fetching.SendFrameAsync(frame.Memory, cancellation);
        try
        {
            (int start, int length) = FindRecords(answer.Span, from);
            return new FetchedBatches(answer, start, length);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await producing.DisposeAsync();
        await fetching.DisposeAsync();
    }

    private static Task<BrokerConnection> ConnectAsync(IPEndPoint broker, CancellationToken cancellation) =>
        BrokerConnection.ConnectAsync(
            broker.Address.ToString(), broker.Port, new BrokerConnectionOptions { ClientId = ClientId }, cancellation);

    private int ProducePrefixBytes(short version) =>
        RequestFrame.LengthBytes + RequestFrame.HeaderSize(ApiKey.Produce, version, ClientId)
        + WireSize.NullString(compact: false) + sizeof(short) + sizeof(int)
        + WireSize.ArrayLength(1, compact: false) + WireSize.String(topic, compact: false)
        + WireSize.ArrayLength(1, compact: false) + sizeof(int) + WireSize.BytesLength(0, compact: false);

    private void WriteProduce(Span<byte> frame, short version, ReadOnlySpan<byte> batch)
    {
        var writer = new WireWriter(frame);
        writer.WriteInt32(frame.Length - RequestFrame.LengthBytes);
        RequestFrame.WriteHeader(ref writer, ApiKey.Produce, version, correlationId: 0, ClientId);
        writer.WriteString(null, compact: false);
        writer.WriteInt16(AcksAll);
        writer.WriteInt32(TimeoutMs);
        writer.WriteArrayLength(1, compact: false);
        writer.WriteString(topic, compact: false);
        writer.WriteArrayLength(1, compact: false);
        writer.WriteInt32(0);
        writer.WriteBytes(batch, compact: false);
    }

    private FetchRequest FetchFrom(Offset from) => new()
    {
        MaxBytes = FetchBytesMax,
        Topics =
        [
            new() { Topic = topic, Partitions = [new() { FetchOffset = from.Value, PartitionMaxBytes = FetchBytesMax }] },
        ],
    };

    private static void Write(FetchRequest request, Span<byte> frame)
    {
        var writer = new WireWriter(frame);
        RequestFrame.Write(ref writer, request, FetchVersion, correlationId: 0, ClientId, frame.Length);
    }

    private (int Start, int Length) FindRecords(ReadOnlySpan<byte> response, Offset from)
    {
        const int AbortedTransactionBytes = sizeof(long) + sizeof(long);
        var reader = new WireReader(response);
        ResponseFrame.ReadHeader(ref reader, ApiKey.Fetch, FetchVersion);
        reader.ReadInt32();
        var error = (ErrorCode)reader.ReadInt16();
        reader.Skip(sizeof(int));
        reader.ReadArrayLength(compact: false, 1);
        reader.ReadString(compact: false);
        reader.ReadArrayLength(compact: false, 1);
        reader.ReadInt32();
        var partitionError = (ErrorCode)reader.ReadInt16();
        reader.Skip(3 * sizeof(long));
        int aborted = reader.ReadNullableArrayLength(compact: false, AbortedTransactionBytes);
        reader.Skip(Math.Max(aborted, 0) * AbortedTransactionBytes);
        reader.ReadInt32();
        ReadOnlySpan<byte> records = reader.ReadNullableBytes(compact: false, out _);
        if (reader.Failed) throw new CommandException($"The answer to a fetch cannot be read: {reader.Failure}.");
        ErrorCode refused = error != ErrorCode.None ? error : partitionError;
        if (refused != ErrorCode.None) throw new CommandException($"The broker refused to read {topic} from offset {from}: {refused}.");
        return (reader.Position - records.Length, records.Length);
    }
}
