using PerfLog.Storage;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Removes committed offsets and whole groups: tombstones go into the log, in as many batches as they need. Any thread may
/// call it.
/// </summary>
internal sealed class OffsetRemoval(GroupCoordinator coordinator)
{
    /// <summary>Removes the offsets that are chosen, one batch of them after the other.</summary>
    /// <param name="group">The group, whose lock is not held.</param>
    /// <param name="choose">What to remove now; asked again for each batch, under the group's lock.</param>
    public async ValueTask<ErrorCode> RemoveAsync(Group group, Func<Group, IEnumerable<TopicPartition>> choose)
    {
        while (true)
        {
            GroupRecordBatch batch = coordinator.Log.Rent(group.Home, coordinator.Runtime.Now.Wall);
            try
            {
                List<TopicPartition> chosen = [];
                bool isAll;
                ValueTask<AppendResult> append;
                lock (group.Gate)
                {
                    isAll = TryGather(group, choose, batch, chosen);
                    if (chosen.Count == 0) return isAll ? ErrorCode.None : ErrorCode.UnknownServerError;

                    // What is chosen here is written here: no commit can come in between.
                    append = coordinator.Log.AppendAsync(group.Home, batch);
                    group.Offsets.BeginWrite();
                }

                ErrorCode error = Apply(group, chosen, await append);
                if (isAll || error != ErrorCode.None) return error;
            }
            finally
            {
                coordinator.Log.GiveBack(batch);
            }
        }
    }

    /// <summary>Forgets a group that has neither members nor offsets.</summary>
    /// <returns><see cref="ErrorCode.NonEmptyGroup"/> when it has some.</returns>
    public async ValueTask<ErrorCode> ForgetAsync(Group group)
    {
        GroupRecordBatch batch = coordinator.Log.Rent(group.Home, coordinator.Runtime.Now.Wall);
        try
        {
            ValueTask<AppendResult> append;
            lock (group.Gate)
            {
                if (!group.Membership.IsEmpty || group.Offsets.Count > 0 || group.Offsets.HasWritesUnderWay) return ErrorCode.NonEmptyGroup;
                foreach (GroupRecord record in group.Membership.Tombstones()) batch.TryAdd(record);
                group.Membership.Kill(ErrorCode.CoordinatorNotAvailable);
                append = batch.RecordsCount == 0 ? default : coordinator.Log.AppendAsync(group.Home, batch);
            }

            // Until the tombstones are there nobody may begin a group of the same name: they would hit its records.
            ErrorCode error = GroupLog.ErrorFor((await append).Error);
            group.Home.Remove(group);
            return error;
        }
        finally
        {
            coordinator.Log.GiveBack(batch);
        }
    }

    private static bool TryGather(
        Group group, Func<Group, IEnumerable<TopicPartition>> choose, GroupRecordBatch batch, List<TopicPartition> chosen)
    {
        foreach (TopicPartition partition in choose(group))
        {
            if (!batch.TryAddRemoval(group.Id, partition)) return false;
            chosen.Add(partition);
        }

        return true;
    }

    private static ErrorCode Apply(Group group, List<TopicPartition> chosen, AppendResult result)
    {
        lock (group.Gate)
        {
            for (int index = 0; index < chosen.Count && result.Error == ErrorCode.None; index++)
                group.Offsets.Remove(chosen[index], result.BaseOffset + index);
            group.Offsets.EndWrite();
        }

        return GroupLog.ErrorFor(result.Error);
    }
}
