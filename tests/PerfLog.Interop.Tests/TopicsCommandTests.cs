using System.Text.Json;

namespace PerfLog.Interop;

[Collection(SharedBrokerTests.Name)]
public sealed class TopicsCommandTests(SharedBroker broker)
{
    [Fact]
    public async Task A_topic_lives_its_life_in_the_programs_own_words()
    {
        string topic = SharedBroker.NewTopicName("cli");

        await RunAsync("create", topic, "--partitions", "2", "--replication-factor", "1", "--config", "retention.ms=9000");
        await RunAsync("alter", topic, "--partitions", "3", "--config", "segment.bytes=1000000", "--delete-config", "retention.ms");
        ProgramResult described = await RunAsync("describe", topic, "--json");
        string[] listed = (await RunAsync("list")).Lines;
        await RunAsync("delete", topic);
        string[] listedAfterDeletion = (await RunAsync("list")).Lines;

        JsonElement seen = JsonDocument.Parse(described.Output).RootElement[0];
        Assert.Equal(topic, seen.GetProperty("name").GetString());
        Assert.Equal(3, seen.GetProperty("partitions").GetArrayLength());
        Assert.Equal("""{"segment.bytes":"1000000"}""", seen.GetProperty("configs").GetRawText());
        Assert.Contains(topic, listed);
        Assert.DoesNotContain(topic, listedAfterDeletion);
    }

    [Fact]
    public async Task A_topic_lives_its_life_in_Kafkas_words()
    {
        string topic = SharedBroker.NewTopicName("cli-kafka");

        await RunAsync("--create", "--topic", topic, "--partitions", "2", "--replication-factor", "1");
        await RunAsync("--alter", "--topic", topic, "--partitions", "4");
        ProgramResult described = await RunAsync("--describe", "--topic", topic);
        string[] listed = (await RunAsync("--list")).Lines;
        await RunAsync("--delete", "--topic", topic);

        Assert.Contains("4 partitions", described.Output);
        Assert.Contains(topic, listed);
    }

    [Fact]
    public async Task Several_topics_are_made_configured_and_deleted_at_once_and_one_that_fails_does_not_stop_the_others()
    {
        string[] topics = [SharedBroker.NewTopicName("cli-many"), SharedBroker.NewTopicName("cli-many")];
        await RunAsync(["create", .. topics]);

        await ConfigsAsync("--alter", "--entity-type", "topics", "--entity-name", topics[0], "--add-config", "cleanup.policy=[compact,delete],retention.ms=7000");
        await ConfigsAsync("alter", "--topic", topics[0], "--topic", topics[1], "--add-config", "retention.bytes=5");
        ProgramResult described = await ConfigsAsync("describe", "--topic", topics[0], "--topic", topics[1], "--json");
        ProgramResult deleted = (await ForeignProgram.PerfLogAsync(["topics", "delete", topics[0], "no-such", topics[1], "--bootstrap-server", broker.Address])).ShouldFail(1);

        string[][] settings = [.. JsonDocument.Parse(described.Output).RootElement.EnumerateArray().Select(static resource => resource.GetProperty("configs").EnumerateArray()
            .Where(static entry => entry.GetProperty("source").GetString() == "topic")
            .Select(static entry => $"{entry.GetProperty("name").GetString()}={entry.GetProperty("value").GetString()}").ToArray())];
        Assert.Equal(["cleanup.policy=compact,delete", "retention.bytes=5", "retention.ms=7000"], settings[0]);
        Assert.Equal(["retention.bytes=5"], settings[1]);
        Assert.StartsWith("perflog: topic no-such: ", deleted.Errors);
        Assert.Equal([$"Deleted topic {topics[0]}.", $"Deleted topic {topics[1]}."], deleted.Lines);
    }

    [Fact]
    public async Task What_cannot_be_done_is_one_line_that_names_the_topic()
    {
        string topic = SharedBroker.NewTopicName("cli-errors");
        await RunAsync("create", topic);

        foreach (string[] command in new string[][] { ["create", topic], ["delete", "no-such"], ["describe", "no-such"], ["alter", topic, "--config", "no.such=1"] })
        {
            ProgramResult refused = (await ForeignProgram.PerfLogAsync(["topics", .. command, "--bootstrap-server", broker.Address])).ShouldFail(1);
            Assert.Single(refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith($"perflog: topic {command[1]}: ", refused.Errors);
        }

        await RunAsync("create", topic, "--if-not-exists");
        await RunAsync("delete", "no-such", "--if-exists");
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_named()
    {
        ProgramResult refused = (await ForeignProgram.PerfLogAsync("topics", "list", "--bootstrap-server", "127.0.0.1:1")).ShouldFail(1);

        Assert.Contains("127.0.0.1:1", refused.Errors);
    }

    [Theory]
    [InlineData("topics", "create")]
    [InlineData("topics", "create", "t", "--config", "no-equals-sign")]
    [InlineData("topics", "alter", "t")]
    [InlineData("topics", "create", "t", "--partitions", "many")]
    [InlineData("start", "--listener", "nowhere")]
    public async Task A_wrong_command_line_ends_with_2(params string[] arguments) =>
        (await ForeignProgram.PerfLogAsync(arguments)).ShouldFail(2);

    private async Task<ProgramResult> ConfigsAsync(params string[] arguments) =>
        (await ForeignProgram.PerfLogAsync(["configs", .. arguments, "--bootstrap-server", broker.Address])).ShouldSucceed();

    private async Task<ProgramResult> RunAsync(params string[] arguments) =>
        (await ForeignProgram.PerfLogAsync(["topics", .. arguments, "--bootstrap-server", broker.Address])).ShouldSucceed();
}
