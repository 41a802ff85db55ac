using System.Diagnostics;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Benchmarks.Groups;

/// <summary>How long a broker that starts takes until it knows a million committed offsets again.</summary>
internal static class LoadFigures
{
    private const int Groups = 1_000;
    private const int Topics = 10;
    private const int PartitionsPerTopic = 100;
    private const double LoadMsMax = 3_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static IEnumerable<Figure> Measure(Bench bench, int rounds)
    {
        string data = bench.NewPath("data");
        Fill(bench, data);
        List<double> times = [];
        for (int round = 0; round < rounds; round++)
        {
            using ServerProcess broker = bench.StartBroker(data);
            times.Add(LoadAsync(broker).GetAwaiter().GetResult());
        }

        yield return Figure.Of("One million committed offsets: from the first answer after a start until every group is there", "ms", new Samples(times))
            with { Goal = Goal.ValueAtMost(LoadMsMax) };
    }

    private static void Fill(Bench bench, string data)
    {
        using ServerProcess broker = bench.StartBroker(data);
        using FrameConnection connection = broker.Connect();
        string[] topics = [.. Enumerable.Range(0, Topics).Select(static topic => $"topic-{topic}")];
        foreach (string topic in topics)
        {
            connection.Send(RequestFrames.CreateTopic(topic, PartitionsPerTopic));
            Answers.CreatedTopic(connection.ReceiveFrame());
        }

        int[] partitions = [.. Enumerable.Range(0, PartitionsPerTopic)];
        OffsetsReady.Await(connection, [.. Enumerable.Range(0, Groups).Select(static group => $"group-{group}")], topics[0]);
        for (int group = 0; group < Groups; group++)
        {
            connection.Send(GroupFrames.Commit($"group-{group}", topics, partitions, 12_345));
            GroupFrames.Committed(connection.ReceiveFrame());
        }
    }

    private static async Task<double> LoadAsync(ServerProcess broker)
    {
        broker.Connect().Dispose();
        long began = Stopwatch.GetTimestamp();
        await using BrokerConnection connection = await BrokerConnection.ConnectAsync(
            broker.Endpoint.Address.ToString(), broker.Endpoint.Port, new BrokerConnectionOptions { ClientId = "bench" });
        for (int group = 0; group < Groups; group++)
        {
            while (!await IsThereAsync(connection, $"group-{group}"))
            {
                if (Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"group-{group} is not loaded.");
                await Task.Delay(5);
            }
        }

        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    /// <summary>Asks for the last partition only: answering with a thousand would be measured with the loading.</summary>
    private static async Task<bool> IsThereAsync(BrokerConnection connection, string group)
    {
        OffsetFetchResponse answer = await connection.SendAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new()
            {
                Groups = [new() { GroupId = group, Topics = [new() { Name = $"topic-{Topics - 1}", PartitionIndexes = [PartitionsPerTopic - 1] }] }],
            },
            connection.VersionOf<OffsetFetchRequest>(highest: 9));
        OffsetFetchResponse.OffsetFetchResponseGroup found = answer.Groups[0];
        if (found.ErrorCode == ErrorCode.CoordinatorLoadInProgress) return false;
        return found.ErrorCode == ErrorCode.None && found.Topics[0].Partitions[0].CommittedOffset == 12_345
            ? true
            : throw new InvalidDataException($"{group} lost its commits: {found.ErrorCode}, {found.Topics[0].Partitions[0].CommittedOffset}.");
    }
}
