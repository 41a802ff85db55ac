using PerfLog.Client.Admin;
using Spectre.Console;

namespace PerfLog.Server.Output;

/// <summary>Topics for people: a line about each, and a table of its partitions.</summary>
internal static class TopicTables
{
    public static void Write(TextWriter output, IReadOnlyList<DescribedTopic> topics)
    {
        if (topics.Count == 0) output.WriteLine("There are no topics.");
        foreach (DescribedTopic described in topics)
        {
            TopicDescription topic = described.Topic;
            string internalNote = topic.IsInternal ? ", internal" : "";
            output.WriteLine($"{topic.Name}  (id {topic.Id}, {topic.Partitions.Count} partitions{internalNote})");
            foreach (ConfigEntry config in described.OwnConfigs) output.WriteLine($"  {config.Name}={config.Value}");
            WritePartitions(output, topic);
        }
    }

    private static void WritePartitions(TextWriter output, TopicDescription topic)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("Partition").RightAligned());
        table.AddColumn(new TableColumn("Leader").RightAligned());
        table.AddColumns("Replicas", "In sync");
        foreach (PartitionDescription partition in topic.Partitions)
        {
            table.AddRow(
                partition.Partition.ToString(),
                partition.Leader == BrokerId.None ? "none" : partition.Leader.ToString(),
                string.Join(", ", partition.Replicas),
                string.Join(", ", partition.InSyncReplicas));
        }

        Terminal.On(output).Write(table);
    }
}
