using Confluent.Kafka;

namespace PerfLog.Interop;

public sealed class StartCommandTests
{
    [Fact]
    public async Task A_port_in_use_is_told_with_the_address()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        await using BrokerProcess running = await BrokerProcess.StartAsync(first.Path);

        ProgramResult refused = (await ForeignProgram.PerfLogAsync(
            "start", "--listener", running.Address, "--data-dir", second.Path)).ShouldFail(1);

        Assert.Contains(running.Address, refused.Errors);
    }

    [Fact]
    public async Task A_folder_in_use_is_told_with_its_path()
    {
        using var folder = new TemporaryFolder();
        await using BrokerProcess running = await BrokerProcess.StartAsync(folder.Path);

        ProgramResult refused = (await ForeignProgram.PerfLogAsync(
            "start", "--listener", "127.0.0.1:0", "--data-dir", folder.Path)).ShouldFail(1);

        Assert.Contains(folder.Path, refused.Errors);
    }

    [Theory]
    [InlineData("--set", "num.partitions=many", "num.partitions")]
    [InlineData("--set", "no.such.key=1", "no.such.key")]
    [InlineData("--config", "/no/such/file", "/no/such/file")]
    public async Task A_bad_setting_is_told_with_its_name(string option, string value, string named)
    {
        using var folder = new TemporaryFolder();

        ProgramResult refused = (await ForeignProgram.PerfLogAsync(
            "start", "--listener", "127.0.0.1:0", "--data-dir", folder.Path, option, value)).ShouldFail(1);

        Assert.Contains(named, refused.Errors);
        Assert.DoesNotContain("   at ", refused.Errors);
    }

    [Fact]
    public async Task A_properties_file_is_read_and_flags_win_over_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("server.properties"), $"""
            # A comment
            listeners=PLAINTEXT://127.0.0.1:0
            log.dirs={folder.File("data")}
            num.partitions=5
            log.retention.hours: 3
            some.other.program=x
            """);
        await using BrokerProcess broker = await BrokerProcess.StartWithAsync(
            "start", "--config", folder.File("server.properties"), "--set", "num.partitions=7");
        using IAdminClient admin = Clients.Admin(broker.Address);
        string id = $"{(await admin.DescribeClusterAsync()).Nodes.Single().Id}";

        var entries = (await admin.DescribeConfigsAsync([new() { Type = Confluent.Kafka.Admin.ResourceType.Broker, Name = id }])).Single().Entries;

        Assert.Equal(("7", "3"), (entries["num.partitions"].Value, entries["log.retention.hours"].Value));
        Assert.True(Directory.Exists(folder.File("data")), "The data is not where the file says.");
    }
}
