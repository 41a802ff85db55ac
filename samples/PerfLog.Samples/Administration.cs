using PerfLog.Client;
using PerfLog.Client.Admin;

namespace PerfLog.Samples;

/// <summary>Makes topics, describes and configures them, and tells how far groups are behind in them. Each call is about many items.</summary>
internal static class Administration
{
    public static async Task RunAsync(string servers)
    {
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = servers });

        // What became of each item is in the results: that one exists already does not keep the other from being made.
        AdminResults<string, CreatedTopic> created = await admin.CreateTopicsAsync(
        [
            new NewTopic("greetings", Partitions: 3, ReplicationFactor: 1) { Configs = new Dictionary<string, string> { ["retention.ms"] = "3600000" } },
            new NewTopic("farewells", Partitions: 1),
        ]);
        foreach (var (name, result) in created)
            Console.WriteLine(result.TryGet(out CreatedTopic? topic) ? $"{name}: made with {topic.Partitions} partitions" : result.Failure!.Message);

        // For one item there are calls that throw.
        await admin.AlterConfigsAsync(ConfigResource.Topic("farewells"), [new("cleanup.policy", ConfigOperation.Set, "compact")]);

        IReadOnlyList<TopicDescription> topics = (await admin.DescribeTopicsAsync(["greetings", "farewells"])).All();
        AdminResults<TopicPartition, FoundOffset> ends = await admin.ListOffsetsAsync(topics
            .SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition.Partition)))
            .ToDictionary(static partition => partition, static _ => OffsetSpec.Latest));
        foreach (var (partition, end) in ends) Console.WriteLine($"{partition}: {end.Value.Offset} records");

        string[] groups = [.. (await admin.ListGroupsAsync()).Select(static group => group.GroupId)];
        foreach (var (group, offsets) in await admin.ListGroupOffsetsAsync(groups))
        {
            long behind = offsets.Value.Where(offset => ends.ContainsKey(offset.Partition)).Sum(offset => ends[offset.Partition].Value.Offset - offset.Offset);
            Console.WriteLine($"group {group}: {behind} records behind");
        }
    }
}
