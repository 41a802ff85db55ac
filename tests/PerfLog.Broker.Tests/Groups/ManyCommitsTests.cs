using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>
/// A group that commits for ever needs the space of what it committed last. PERFLOG_COMMITS sets how often it commits: a million
/// takes about a minute.
/// </summary>
public sealed class ManyCommitsTests : IDisposable
{
    private const int SegmentBytes = 256 * 1024;
    private const int InFlightMax = 200;
    private const int Partitions = 8;
    private const short Version = GroupRequests.CommitVersion;

    private static readonly int Commits = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_COMMITS") ?? "40000");

    private readonly string _directory = Directory.CreateTempSubdirectory("perflog-commits-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Goal: after the cleaner came, what is left is a few segments, however often was committed, and nothing is forgotten.</summary>
    [Fact]
    public async Task A_group_that_commits_for_ever_leaves_a_log_of_bounded_size_and_its_last_offsets()
    {
        long[] last = new long[Partitions];
        long end;
        await using (TestBroker broker = await StartAsync())
        {
            broker.CreateTopic("t", Partitions);
            using RawClient client = broker.Connect();
            client.FindCoordinator("g");
            Commit(client, last);
            end = EndOf(client);
            Assert.True(end >= Commits, "Every commit is a record.");
            AwaitCleaner();
            AssertCommitted(client, last);
        }

        await using TestBroker again = await StartAsync();
        using RawClient after = again.Connect();
        Waiting.Until(() => after.Heartbeat("g", "nobody", 1) == ErrorCode.UnknownMemberId);
        AssertCommitted(after, last);
        Assert.Equal(end, EndOf(after));
    }

    private static void Commit(RawClient client, long[] last)
    {
        var waiting = new Queue<int>();
        for (int commit = 0; commit < Commits; commit++)
        {
            int partition = commit % Partitions;
            last[partition] = commit;
            waiting.Enqueue(client.Send(GroupRequests.Commit("g", "", -1, ("t", partition, commit)), Version));
            if (waiting.Count == InFlightMax) Receive();
        }

        while (waiting.Count > 0) Receive();

        void Receive() => Assert.Equal(
            ErrorCode.None, client.Receive<OffsetCommitResponse>(Version, waiting.Dequeue()).Topics[0].Partitions[0].ErrorCode);
    }

    private static void AssertCommitted(RawClient client, long[] last) =>
        Assert.Equal(last, Enumerable.Range(0, Partitions).Select(partition => client.Committed("g", "t", partition)));

    private static long EndOf(RawClient client)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = "__consumer_offsets", Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] }],
        };
        return client.Call<ListOffsetsRequest, ListOffsetsResponse>(request, 7).Topics[0].Partitions[0].Offset;
    }

    /// <summary>The cleaner gets through a few segments at a time; it has as long as it goes on making the log smaller.</summary>
    private void AwaitCleaner()
    {
        for (long now = LogBytes(); now > 3 * SegmentBytes; now = LogBytes())
        {
            long present = now;
            Waiting.Until(() => LogBytes() < present);
        }
    }

    private long LogBytes() => new DirectoryInfo(_directory).EnumerateFiles("*.log", SearchOption.AllDirectories)
        .Where(static file => file.Directory!.Name == "__consumer_offsets-0").Sum(LengthOf);

    /// <summary>The cleaner may take a file away between the look into its folder and the look at it.</summary>
    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private Task<TestBroker> StartAsync() => TestBroker.StartAsync(
        directory: _directory,
        settings:
        [
            ("offsets.topic.num.partitions", "1"),
            ("offsets.topic.segment.bytes", $"{SegmentBytes}"),
            ("log.cleaner.backoff.ms", "100"),
        ]);
}
