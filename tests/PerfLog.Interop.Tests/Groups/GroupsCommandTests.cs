using System.Text.Json;
using Confluent.Kafka;

namespace PerfLog.Interop.Groups;

/// <summary>Goal: who looks after groups sees and changes what foreign consumers did.</summary>
[Collection(GroupBrokerTests.Name)]
public sealed class GroupsCommandTests(GroupBroker broker)
{
    private const int Partitions = 3;

    [Fact]
    public async Task A_group_of_consumers_is_listed_and_described_with_its_members_and_its_last_rebalance()
    {
        string name = await TopicWithRecordsAsync("described", 30);
        using var group = new MemberSet();
        group.Add(new GroupMember(broker.Address, name, name));
        group.Add(new GroupMember(broker.Address, name, name));
        await Limits.UntilAsync("both members have partitions", () => group.Share(Partitions) && group.ReadValues.Count >= 30);

        JsonElement listed = (await JsonAsync("list", "--json")).EnumerateArray().Single(entry => entry.GetProperty("group").GetString() == name);
        Assert.Equal("Stable", listed.GetProperty("state").GetString());
        JsonElement described = Assert.Single((await JsonAsync("describe", name, "--json")).EnumerateArray());
        Assert.Equal(2, described.GetProperty("members").GetArrayLength());
        Assert.Equal("range", described.GetProperty("assignor").GetString());
        Assert.True(described.GetProperty("lastRebalance").GetProperty("tookMs").GetInt64() >= 0);
        Assert.NotEqual("", described.GetProperty("lastRebalance").GetProperty("reason").GetString());
        Assert.Equal(3, described.GetProperty("partitions").GetArrayLength());
        string members = await RunAsync("--describe", "--group", name, "--members");
        Assert.All(group.Members, member => Assert.Contains(member.MemberId, members));
    }

    [Fact]
    public async Task Offsets_are_moved_only_when_told_to_and_only_without_members()
    {
        string name = await TopicWithRecordsAsync("moved", 30);
        using (var group = new MemberSet())
        {
            group.Add(new GroupMember(broker.Address, name, name));
            await Limits.UntilAsync("all is read", () => group.ReadValues.Count >= 30);
            string refused = await FailAsync("reset-offsets", name, "--all-topics", "--to-earliest", "--execute");
            Assert.Contains(name, refused);
        }

        await RunAsync("reset-offsets", name, "--all-topics", "--to-earliest");
        Assert.Equal(0, await LagAsync(name));
        await RunAsync("reset-offsets", name, "--topic", $"{name}:0", "--shift-by", "-4", "--execute");
        Assert.Equal(4, await LagAsync(name));
        string exported = await RunAsync("reset-offsets", name, "--topic", name, "--to-offset", "3", "--export");
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "offsets.csv");
        await File.WriteAllTextAsync(file, exported);
        await RunAsync("--reset-offsets", "--group", name, "--from-file", file, "--execute");
        Assert.Equal(21, await LagAsync(name));
        await RunAsync("reset-offsets", name, "--all-topics", "--by-duration", "PT1H", "--execute");
        Assert.Equal(30, await LagAsync(name));
        using (var again = new MemberSet())
        {
            again.Add(new GroupMember(broker.Address, name, name));
            await Limits.UntilAsync("all is read again", () => again.ReadValues.Count >= 30);
        }

        await RunAsync("delete", name);
        Assert.Contains("there is no such group", await FailAsync("describe", name));
    }

    [Fact]
    public async Task Lag_is_told_in_records_and_in_seconds()
    {
        string name = await TopicWithRecordsAsync("late", 9, DateTime.UtcNow.AddMinutes(-10));
        await RunAsync("reset-offsets", name, "--topic", name, "--to-earliest", "--execute");

        JsonElement lag = (await JsonAsync("lag", name, "--json"))[0];

        Assert.Equal(9, lag.GetProperty("lag").GetInt64());
        Assert.InRange(lag.GetProperty("behindSeconds").GetDouble(), 600, 900);
    }

    [Fact]
    public async Task A_reset_without_a_target_or_partitions_names_what_is_missing()
    {
        Assert.Contains("--to-earliest", await MisspeakAsync("reset-offsets", "g", "--all-topics"));
        Assert.Contains("--all-topics", await MisspeakAsync("reset-offsets", "g", "--to-latest"));
        Assert.Contains("only one", await MisspeakAsync("reset-offsets", "g", "--all-topics", "--to-latest", "--to-earliest"));
    }

    private async Task<long> LagAsync(string group) => (await JsonAsync("lag", group, "--json"))[0].GetProperty("lag").GetInt64();

    private async Task<string> TopicWithRecordsAsync(string stem, int records, DateTime? time = null)
    {
        string topic = SharedBroker.NewTopicName(stem);
        await Clients.CreateTopicAsync(broker.Address, topic, Partitions);
        using IProducer<string?, string> producer = Clients.Producer(broker.Address);
        for (int number = 0; number < records; number++)
        {
            var message = new Message<string?, string> { Value = $"{number}" };
            if (time is { } at) message.Timestamp = new Timestamp(at);
            await producer.ProduceAsync(new Confluent.Kafka.TopicPartition(topic, number % Partitions), message);
        }

        return topic;
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments) => JsonDocument.Parse(await RunAsync(arguments)).RootElement;

    private async Task<string> RunAsync(params string[] arguments) =>
        (await ForeignProgram.PerfLogAsync(["groups", .. arguments, "--bootstrap-server", broker.Address])).ShouldSucceed().Output;

    private Task<string> FailAsync(params string[] arguments) => EndAsync(1, arguments);

    private Task<string> MisspeakAsync(params string[] arguments) => EndAsync(2, arguments);

    private async Task<string> EndAsync(int exitCode, string[] arguments) =>
        (await ForeignProgram.PerfLogAsync(["groups", .. arguments, "--bootstrap-server", broker.Address])).ShouldFail(exitCode).Errors;
}
