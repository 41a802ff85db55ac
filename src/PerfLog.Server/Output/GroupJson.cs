using System.Text.Json;
using PerfLog.Client.Admin;
using PerfLog.Server.Groups;

namespace PerfLog.Server.Output;

/// <summary>Consumer groups for programs.</summary>
internal static class GroupJson
{
    public static void WriteListings(TextWriter output, IEnumerable<GroupListing> groups) => WriteArray(output, groups, static (json, group) =>
    {
        json.WriteString("group", group.GroupId);
        json.WriteString("type", group.Type);
        json.WriteString("state", group.State);
        json.WriteString("protocolType", group.ProtocolType);
    });

    public static void WriteGroups(TextWriter output, IEnumerable<DescribedGroup> groups) => WriteArray(output, groups, static (json, described) =>
    {
        WriteHead(json, described.Group);
        json.WriteStartArray("partitions");
        foreach (PartitionProgress progress in described.Progress) WriteProgress(json, progress);
        json.WriteEndArray();
    });

    public static void WriteMembers(TextWriter output, GroupDescription group) => JsonOutput.Write(output, json =>
    {
        json.WriteStartObject();
        WriteHead(json, group);
        json.WriteEndObject();
    });

    public static void WriteLags(TextWriter output, IEnumerable<TopicLag> lags) => WriteArray(output, lags, static (json, lag) =>
    {
        json.WriteString("group", lag.GroupId);
        json.WriteString("topic", lag.Topic);
        json.WriteNumber("partitions", lag.Partitions);
        json.WriteNumber("lag", lag.Records);
        json.WriteNumber("largestLag", lag.LargestRecords);
        WriteSeconds(json, lag.Behind);
    });

    public static void WriteResets(TextWriter output, IEnumerable<OffsetReset> resets, bool executed) => WriteArray(output, resets, (json, reset) =>
    {
        WritePartition(json, reset.Partition);
        WriteOffset(json, "before", reset.Before);
        WriteOffset(json, "after", reset.After);
        json.WriteBoolean("executed", executed);
    });

    private static void WriteArray<T>(TextWriter output, IEnumerable<T> items, Action<Utf8JsonWriter, T> write) => JsonOutput.Write(output, json =>
    {
        json.WriteStartArray();
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void WriteHead(Utf8JsonWriter json, GroupDescription group)
    {
        json.WriteString("group", group.GroupId);
        json.WriteString("type", group.Type);
        json.WriteString("state", group.State);
        json.WriteString("assignor", group.Assignor);
        json.WriteNumber("coordinator", group.Coordinator.Value);
        if (group.LastRebalance is { } rebalance)
        {
            json.WriteStartObject("lastRebalance");
            json.WriteString("reason", rebalance.Reason);
            json.WriteNumber("startedAtMs", rebalance.StartedAt.Value);
            json.WriteNumber("tookMs", rebalance.TookMs);
            json.WriteEndObject();
        }

        json.WriteStartArray("members");
        foreach (GroupMember member in group.Members) WriteMember(json, member);
        json.WriteEndArray();
    }

    private static void WriteMember(Utf8JsonWriter json, GroupMember member)
    {
        json.WriteStartObject();
        json.WriteString("member", member.MemberId);
        json.WriteString("instance", member.InstanceId);
        json.WriteString("client", member.ClientId);
        json.WriteString("host", member.Host);
        json.WriteStartArray("partitions");
        foreach (TopicPartition partition in member.Assignment) json.WriteStringValue(partition.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProgress(Utf8JsonWriter json, PartitionProgress progress)
    {
        json.WriteStartObject();
        WritePartition(json, progress.Partition);
        WriteOffset(json, "committed", progress.Committed);
        WriteOffset(json, "end", progress.End);
        if (progress.Lag is { } lag) json.WriteNumber("lag", lag);
        else json.WriteNull("lag");
        WriteSeconds(json, progress.Behind);
        json.WriteString("member", progress.Member?.MemberId);
        json.WriteEndObject();
    }

    private static void WritePartition(Utf8JsonWriter json, TopicPartition partition)
    {
        json.WriteString("topic", partition.Topic);
        json.WriteNumber("partition", partition.Partition);
    }

    private static void WriteOffset(Utf8JsonWriter json, string name, Offset offset)
    {
        if (offset == Offset.None) json.WriteNull(name);
        else json.WriteNumber(name, offset.Value);
    }

    private static void WriteSeconds(Utf8JsonWriter json, TimeSpan? behind)
    {
        if (behind is { } span) json.WriteNumber("behindSeconds", Math.Round(span.TotalSeconds, 3));
        else json.WriteNull("behindSeconds");
    }
}
