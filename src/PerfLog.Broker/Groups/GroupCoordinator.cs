using Microsoft.Extensions.Logging;
using PerfLog.Broker.Partitions;
using PerfLog.Metadata;
using PerfLog.Replication;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Coordinates the groups whose partition of the offsets' topic this broker leads: finds them, loads them when it begins to
/// lead, lets them go when it leads no longer. What a group may do stands in its <see cref="GroupMembership"/>. Any thread
/// may call it. Owned by the broker's server.
/// </summary>
internal sealed class GroupCoordinator : IAsyncDisposable
{
    private readonly Lock _leading = new();
    private readonly GroupTable _table = new();
    private readonly PartitionTable _partitions;
    private readonly OffsetsLoader _loader;
    private readonly OffsetHousekeeping _housekeeping;
    private volatile TopicTable? _topics;
    private bool _isStopped;

    public GroupCoordinator(GroupSettings settings, PartitionTable partitions, TimeProvider time, ILogger logger)
    {
        Settings = settings;
        _partitions = partitions;
        Log = new GroupLog(settings.Codec);
        Runtime = new GroupRuntime(Log, time, logger);
        _loader = new OffsetsLoader(settings, Runtime, ForgetTopicsThatAreGone, time, logger);
        _housekeeping = new OffsetHousekeeping(this, time, logger);
    }

    public GroupSettings Settings { get; }

    public GroupLog Log { get; }

    public GroupRuntime Runtime { get; }

    /// <summary>All groups that are loaded.</summary>
    public IEnumerable<Group> Groups => _table.Led.SelectMany(static home => home.Groups);

    /// <summary>Groups are being loaded, so that <see cref="Groups"/> lacks some.</summary>
    public bool IsLoading => _table.Led.Any(static home => home.Availability == ErrorCode.CoordinatorLoadInProgress);

    /// <summary>The group, if it is here and exists.</summary>
    /// <returns>Why it cannot be had; none with a null group when there is no such group.</returns>
    public ErrorCode TryFind(ReadOnlySpan<char> groupId, out Group? group)
    {
        group = null;
        ErrorCode error = _table.TryFindHome(groupId, out OffsetsPartition home);
        if (error == ErrorCode.None && home.TryFind(groupId, out Group? found)) group = found;
        return error;
    }

    /// <summary>The group, made if there is none.</summary>
    public ErrorCode TryFindOrAdd(string groupId, out Group? group)
    {
        group = null;
        if (!RecordText.Fits(groupId)) return ErrorCode.InvalidGroupId;
        ErrorCode error = _table.TryFindHome(groupId, out OffsetsPartition home);
        if (error == ErrorCode.None) group = home.GetOrAdd(groupId, NewClassicGroup);
        return error;
    }

    public ClassicGroup NewClassicGroup(string groupId) => new(groupId, Settings.Classic);

    /// <summary>Takes a change of the cluster's metadata over.</summary>
    public void Follow(ClusterChange change, BrokerId self)
    {
        _topics = change.After.Topics;
        if (change.Topics.Contains(OffsetsTopic.Name)) FollowLeadership(change.After, self);
        foreach (string topic in change.Topics)
        {
            bool isGone = change.Before.Topics.Find(topic) is { } before && change.After.Topics.Find(topic)?.Id != before.Id;
            if (isGone && topic != OffsetsTopic.Name) _housekeeping.OnTopicDeleted(topic);
        }
    }

    /// <summary>Begins and ends to coordinate as the leadership of the offsets' partitions says.</summary>
    public void FollowLeadership(ClusterImage image, BrokerId self)
    {
        lock (_leading)
        {
            if (_isStopped) return;
            _topics = image.Topics;
            TopicImage? topic = image.Topics.Find(OffsetsTopic.Name);
            HostedTopic? hosted = topic is null ? null : _partitions.Find(OffsetsTopic.Name);
            var led = new OffsetsPartition?[hosted is null ? 0 : topic!.Partitions.Length];
            List<OffsetsPartition> toLoad = [];
            for (int index = 0; index < led.Length; index++)
            {
                if (topic!.Partitions[index].Leader != self || hosted!.Find(index) is not { } partition) continue;
                led[index] = Continue(index, partition);
                if (led[index] is not null) continue;
                led[index] = new OffsetsPartition(hosted, partition);

                // There is nothing to load in a topic that was just made, and nobody need come back for that.
                if (partition.Log.EndOffset == partition.Log.LogStartOffset) led[index]!.Open();
                else toLoad.Add(led[index]!);
            }

            OffsetsPartition[] lost = [.. _table.Led.Where(before => !led.Contains(before))];
            _table.Swap(led);
            foreach (OffsetsPartition home in lost) home.Close();
            foreach (OffsetsPartition home in toLoad) _loader.Load(home);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_leading) _isStopped = true;
        await _loader.DisposeAsync();
        await _housekeeping.DisposeAsync();
        Runtime.Dispose();
        foreach (OffsetsPartition home in _table.Led) home.Close();
    }

    /// <summary>Topics may have been deleted while no broker led the partition: what was committed for them is nobody's.</summary>
    private void ForgetTopicsThatAreGone(OffsetsPartition home)
    {
        if (_topics is not { } topics) return;
        HashSet<string> gone = new(StringComparer.Ordinal);
        foreach (Group group in home.Groups)
        {
            lock (group.Gate) gone.UnionWith(group.Offsets.All.Select(static entry => entry.Key.Topic));
        }

        gone.RemoveWhere(name => topics.Find(name) is not null);
        foreach (string topic in gone) _housekeeping.OnTopicDeleted(topic);
    }

    /// <summary>A partition that is led by the very same leadership goes on as it is.</summary>
    private OffsetsPartition? Continue(int index, Partition partition) =>
        _table.At(index) is { } home && home.Partition == partition && home.Epoch == partition.Leadership.Epoch ? home : null;
}
