using PerfLog.Client.Admin;

namespace PerfLog.Samples;

/// <summary>Makes a topic and describes it.</summary>
internal static class Administration
{
    public static async Task RunAsync(string servers)
    {
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = servers });
        await admin.CreateTopicAsync(new NewTopic("greetings", Partitions: 3, ReplicationFactor: 1)
        {
            Configs = new Dictionary<string, string> { ["retention.ms"] = "3600000" },
        });
        foreach (TopicDescription topic in await admin.DescribeTopicsAsync(["greetings"]))
            Console.WriteLine($"{topic.Name}: {topic.Partitions.Count} partitions");
    }
}
