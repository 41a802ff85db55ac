using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;
using PerfLog.Testing;

namespace PerfLog.Broker.Tests.Semantics;

public sealed class LogDirectoryTests
{
    [Fact]
    public async Task A_directory_that_cannot_be_opened_takes_only_its_own_partitions_offline()
    {
        using TemporaryFolder first = new(), second = new();
        (string, string) directories = ("log.dirs", $"{first.Path},{second.Path}");
        await using (TestBroker broker = await TestBroker.StartAsync(directory: first.Path, settings: [directories]))
        {
            broker.CreateTopic("t", 4);
            using RawClient client = broker.Connect();
            for (int partition = 0; partition < 4; partition++) client.Append("t", Batch.Of("kept"), partition);
        }

        bool[] isOnSecond = [.. Enumerable.Range(0, 4).Select(partition => Directory.Exists(Path.Combine(second.Path, $"t-{partition}")))];
        Assert.Contains(true, isOnSecond);
        Assert.Contains(false, isOnSecond);
        Damage(second.Path);

        await using TestBroker rest = await TestBroker.StartAsync(directory: first.Path, settings: [directories]);
        using RawClient reader = rest.Connect();
        for (int partition = 0; partition < 4; partition++)
        {
            FetchResponse.PartitionData fetched = reader.Fetch("t", 0, partition);
            if (isOnSecond[partition]) Assert.NotEqual(ErrorCode.None, fetched.ErrorCode);
            else Assert.Equal(["kept"], fetched.Values());
            Assert.False(isOnSecond[partition] && Directory.Exists(Path.Combine(first.Path, $"t-{partition}")));
        }

        DescribeLogDirsResponse described = reader.Call<DescribeLogDirsRequest, DescribeLogDirsResponse>(new DescribeLogDirsRequest { Topics = null }, 4);
        Assert.Equal(ErrorCode.KafkaStorageError, Assert.Single(described.Results, result => result.LogDir == second.Path).ErrorCode);
        rest.CreateTopic("new", 2);
        Assert.Equal(0, reader.Append("new", Batch.Of("a"), 1));
    }

    [Fact]
    public async Task A_full_disk_refuses_appends_with_a_reason_and_serves_readers()
    {
        using TemporaryFolder folder = new();
        await using (TestBroker broker = await TestBroker.StartAsync(directory: folder.Path))
        {
            broker.CreateTopic("t");
            using RawClient client = broker.Connect();
            client.Append("t", Batch.Of("kept"));
        }

        await using TestBroker full = await TestBroker.StartAsync(directory: folder.Path, settings: ("perflog.disk.reserve.bytes", $"{long.MaxValue}"));
        using RawClient late = full.Connect();

        ProduceResponse.PartitionProduceResponse refused = late.Produce("t", Batch.Of("a"));

        Assert.Equal(ErrorCode.KafkaStorageError, refused.ErrorCode);
        Assert.Contains("disk is full", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(["kept"], late.Fetch("t", 0).Values());
    }

    // A directory in the place of a file that is read when the log directory is opened.
    private static void Damage(string path)
    {
        string properties = Path.Combine(path, "meta.properties");
        File.Delete(properties);
        Directory.CreateDirectory(Path.Combine(properties, "x"));
    }
}
