using PerfLog.Storage;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Has commits written and makes them known: checked and appended under the group's lock, so that the log has them in the
/// order in which they were allowed. Any thread may call it.
/// </summary>
internal sealed class OffsetCommitter(GroupCoordinator coordinator)
{
    public GroupSettings Settings => coordinator.Settings;

    /// <summary>Finds the group of a commit; one without a generation makes it.</summary>
    public ErrorCode TryFind(ReadOnlySpan<char> groupId, int generation, out Group? group)
    {
        ErrorCode error = coordinator.TryFind(groupId, out group);
        if (error != ErrorCode.None || group is not null) return error;
        return generation < 0 ? coordinator.TryFindOrAdd(groupId.ToString(), out group) : ErrorCode.IllegalGeneration;
    }

    /// <summary>Begins the batch of a commit whose group was found.</summary>
    public void BeginBatch(OffsetCommit commit, TimestampMs now) => commit.Batch = coordinator.Log.Rent(commit.Group!.Home, now);

    /// <summary>Appends what was gathered, if the group allows it.</summary>
    /// <returns>False when <see cref="OffsetCommit.Append"/> must be awaited, and <see cref="Complete"/> called then.</returns>
    public bool TryCommit(OffsetCommit commit, MemberClaim claim)
    {
        Group group = commit.Group!;
        lock (group.Gate)
        {
            Moment now = coordinator.Runtime.Now;
            ErrorCode error = group.Membership.CheckCommit(claim, now);
            if (error != ErrorCode.None) commit.FailAll(error);
            if (error != ErrorCode.None || commit.Batch!.RecordsCount == 0) return true;
            ValueTask<AppendResult> append = coordinator.Log.AppendAsync(group.Home, commit.Batch);
            if (append.IsCompletedSuccessfully)
            {
                Apply(commit, group.Offsets, append.Result);
                return true;
            }

            group.Offsets.BeginWrite();
            commit.Append = append;
            return false;
        }
    }

    /// <summary>The append is complete: makes the offsets known, or says why they are not.</summary>
    public void Complete(OffsetCommit commit, in AppendResult result)
    {
        Group group = commit.Group!;
        lock (group.Gate)
        {
            Apply(commit, group.Offsets, result);
            group.Offsets.EndWrite();
        }
    }

    public void Release(OffsetCommit commit)
    {
        if (commit.Batch is { } batch) coordinator.Log.GiveBack(batch);
        commit.Batch = null;
    }

    private static void Apply(OffsetCommit commit, GroupOffsets offsets, in AppendResult result)
    {
        if (result.Error != ErrorCode.None)
        {
            commit.FailAll(GroupLog.ErrorFor(result.Error));
            return;
        }

        int record = 0;
        for (int index = 0; index < commit.Count; index++)
        {
            PartitionCommit partition = commit[index];
            if (partition.Error == ErrorCode.None)
                offsets.Put(partition.Partition, partition.Offset with { WrittenAt = result.BaseOffset + record++ });
        }
    }
}
