namespace PerfLog.Broker.Groups;

/// <summary>
/// Records that a group has yet to write. Those that could not be written come again with the next: the group has gone on
/// meanwhile, and its log must not miss a step. The group's lock guards it.
/// </summary>
internal sealed class GroupChanges
{
    private List<GroupRecord> _records = [];
    private List<GroupRecord> _failed = [];

    /// <summary>True when nothing new is to be written.</summary>
    public bool IsEmpty => _records.Count == 0;

    public void Add(GroupRecord record) => _records.Add(record);

    /// <summary>All that is to be written now.</summary>
    /// <param name="done">Called with the outcome; null when nobody waits for it.</param>
    public GroupWrite Take(Action<ErrorCode>? done)
    {
        List<GroupRecord> records = _failed.Count == 0 ? _records : [.. _failed, .. _records];
        (_records, _failed) = ([], []);
        return new GroupWrite(records, (error, _) =>
        {
            if (error != ErrorCode.None) _failed.AddRange(records);
            done?.Invoke(error);
        });
    }
}
