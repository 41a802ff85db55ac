using PerfLog.Client.Admin;
using PerfLog.Server.Groups;
using Spectre.Console;

namespace PerfLog.Server.Output;

/// <summary>Consumer groups for people.</summary>
internal static class GroupTables
{
    private const string Unknown = "-";

    public static void WriteListings(TextWriter output, IReadOnlyList<GroupListing> groups)
    {
        if (groups.Count == 0)
        {
            output.WriteLine("There are no groups.");
            return;
        }

        Table table = TableOf("Group", "Type", "State", "Protocol");
        foreach (GroupListing group in groups) Row(table, group.GroupId, group.Type, group.State, group.ProtocolType);
        Terminal.On(output).Write(table);
    }

    public static void WriteGroups(TextWriter output, IReadOnlyList<DescribedGroup> groups)
    {
        if (groups.Count == 0) output.WriteLine("There are no groups.");
        foreach (DescribedGroup described in groups)
        {
            GroupDescription group = described.Group;
            string assignor = group.Assignor.Length > 0 ? $", assignor {group.Assignor}" : "";
            output.WriteLine($"{group.GroupId}  ({group.Type}, {group.State}{assignor}, {group.Members.Count} members, coordinator {group.Coordinator})");
            if (group.LastRebalance is { } rebalance)
                output.WriteLine($"  last rebalance {TimeOf(rebalance.StartedAt)} took {rebalance.TookMs} ms: {rebalance.Reason}");
            WriteProgress(output, described.Progress);
        }
    }

    public static void WriteMembers(TextWriter output, GroupDescription group)
    {
        if (group.Members.Count == 0)
        {
            output.WriteLine($"Group {group.GroupId} has no members ({group.State}).");
            return;
        }

        Table table = TableOf("Member", "Instance", "Client", "Host", "Partitions");
        foreach (GroupMember member in group.Members)
            Row(table, member.MemberId, member.InstanceId ?? Unknown, member.ClientId, member.Host, AssignmentOf(member));
        Terminal.On(output).Write(table);
    }

    public static void WriteLags(TextWriter output, IReadOnlyList<TopicLag> lags)
    {
        if (lags.Count == 0)
        {
            output.WriteLine("No group has committed or reads anything.");
            return;
        }

        Table table = TableOf("Group", "Topic", "Partitions", "Lag", "Largest", "Behind");
        foreach (TopicLag lag in lags)
            Row(table, lag.GroupId, lag.Topic, $"{lag.Partitions}", $"{lag.Records}", $"{lag.LargestRecords}", DurationOf(lag.Behind));
        Terminal.On(output).Write(table);
    }

    public static void WriteResets(TextWriter output, string group, IReadOnlyList<OffsetReset> resets, bool executed)
    {
        if (resets.Count == 0)
        {
            output.WriteLine($"Group {group} has committed nothing that could be moved.");
            return;
        }

        Table table = TableOf("Topic", "Partition", "Before", "After");
        foreach (OffsetReset reset in resets)
            Row(table, reset.Partition.Topic, $"{reset.Partition.Partition}", Text(reset.Before), Text(reset.After));
        Terminal.On(output).Write(table);
        output.WriteLine(executed ? $"Group {group} goes on from there." : "Nothing was changed. Add --execute to do it.");
    }

    private static void WriteProgress(TextWriter output, IReadOnlyList<PartitionProgress> progress)
    {
        if (progress.Count == 0) return;
        Table table = TableOf("Topic", "Partition", "Committed", "End", "Lag", "Behind", "Member");
        foreach (PartitionProgress row in progress)
        {
            Row(
                table,
                row.Partition.Topic,
                $"{row.Partition.Partition}",
                Text(row.Committed),
                Text(row.End),
                row.Lag?.ToString() ?? Unknown,
                DurationOf(row.Behind),
                row.Member is { } member ? member.InstanceId ?? member.MemberId : Unknown);
        }

        Terminal.On(output).Write(table);
    }

    private static Table TableOf(params string[] columns) => new Table().Border(TableBorder.Simple).AddColumns(columns);

    // Names are anything that users think of, brackets included.
    private static void Row(Table table, params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);

    private static string AssignmentOf(GroupMember member) => member.Assignment.Count == 0
        ? Unknown
        : string.Join("; ", member.Assignment.GroupBy(static partition => partition.Topic)
            .Select(static topic => $"{topic.Key}: {string.Join(", ", topic.Select(static partition => partition.Partition))}"));

    private static string Text(Offset offset) => offset == Offset.None ? Unknown : offset.Value.ToString();

    private static string TimeOf(TimestampMs time) => DateTimeOffset.FromUnixTimeMilliseconds(time.Value).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss");

    private static string DurationOf(TimeSpan? duration) => duration switch
    {
        null => Unknown,
        { TotalMinutes: < 2 } => $"{duration.Value.TotalSeconds:0.0} s",
        { TotalHours: < 2 } => $"{duration.Value.TotalMinutes:0.0} min",
        { TotalDays: < 2 } => $"{duration.Value.TotalHours:0.0} h",
        _ => $"{duration.Value.TotalDays:0.0} d",
    };
}
