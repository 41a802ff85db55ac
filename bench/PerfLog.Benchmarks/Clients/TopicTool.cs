using PerfLog.Client.Admin;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Benchmarks.Clients;

/// <summary>
/// Makes, reads and removes topics from the measuring process. It reads with plain requests, so that neither client under
/// test vouches for itself.
/// </summary>
internal sealed class TopicTool : IDisposable
{
    private const int FetchBytes = 4 << 20;
    private const short FetchVersion = 12;

    private readonly AdminClient _admin;
    private readonly BrokerConnection _connection;
    private int _topics;

    public TopicTool(string servers)
    {
        _admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = servers });
        string[] parts = servers.Split(':');
        _connection = BrokerConnection.ConnectAsync(parts[0], int.Parse(parts[1]), new BrokerConnectionOptions()).GetAwaiter().GetResult();
    }

    /// <summary>Makes a topic that nobody has written to.</summary>
    public string New(int partitions)
    {
        string topic = $"t{++_topics}";
        _admin.CreateTopicAsync(new NewTopic(topic, partitions)).GetAwaiter().GetResult();
        return topic;
    }

    public void Remove(string topic) => _admin.DeleteTopicAsync(topic).GetAwaiter().GetResult();

    /// <summary>Requires that each number from 0 on stands in the topic once, with the bytes that it was made with.</summary>
    public void RequireNumbers(string topic, int partitions, int records, int valueBytes)
    {
        ArrivalCheck check = new(records, valueBytes);
        for (int partition = 0; partition < partitions; partition++) ReadAsync(topic, partition, check).GetAwaiter().GetResult();
        check.RequireAll();
    }

    public void Dispose()
    {
        _admin.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _connection.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private async Task ReadAsync(string topic, int partition, ArrivalCheck check)
    {
        long next = 0;
        while (true)
        {
            FetchResponse answer = await _connection.SendAsync<FetchRequest, FetchResponse>(Question(topic, partition, next), FetchVersion);
            FetchResponse.PartitionData data = answer.Responses[0].Partitions[0];
            if (data.ErrorCode != ErrorCode.None) throw new InvalidDataException($"{topic}-{partition} cannot be read: {data.ErrorCode}.");
            if (data.Records is not { Length: > 0 } bytes) return;
            next = Take(bytes, next, check);
        }
    }

    private static long Take(byte[] bytes, long next, ArrivalCheck check)
    {
        var batches = new RecordBatchReader(bytes);
        while (batches.MoveNext())
        {
            foreach (RecordView record in new RecordEnumerator(batches.Current, batches.Current.Records)) check.Take(record.Value.Span);
            next = batches.Current.NextOffset.Value;
        }

        return batches.Error == ErrorCode.None ? next : throw new InvalidDataException(batches.Fault);
    }

    private static FetchRequest Question(string topic, int partition, long offset) => new()
    {
        MaxBytes = FetchBytes,
        SessionEpoch = -1,
        Topics = [new() { Topic = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = FetchBytes }] }],
    };
}
