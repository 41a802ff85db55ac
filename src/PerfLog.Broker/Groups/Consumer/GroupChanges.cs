using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Records that a consumer group has yet to write, and whose records could not be written: the group has gone on meanwhile, so
/// that these are written anew as they are then, whatever else was written in between. The group's lock guards it.
/// </summary>
internal sealed class GroupChanges
{
    /// <summary>A batch has a limit, and one change of a large group may have more records than fit.</summary>
    private const int RecordsPerWriteMax = 64;

    private readonly HashSet<string> _failedMembers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failedRegexes = new(StringComparer.Ordinal);
    private List<GroupRecord> _records = [];
    private List<GroupRecord> _failedOthers = [];

    /// <summary>True when nothing new is to be written.</summary>
    public bool IsEmpty => _records.Count == 0;

    public bool HasFailures { get; private set; }

    public void Add(GroupRecord record) => _records.Add(record);

    public void Add(IEnumerable<GroupRecord> records) => _records.AddRange(records);

    /// <summary>Adds what could not be written before.</summary>
    public void AddFailed(Func<string, IEnumerable<GroupRecord>> member, Func<string, GroupRecord> regex, IEnumerable<GroupRecord> group)
    {
        if (!HasFailures) return;
        Add(_failedOthers);
        Add(_failedMembers.SelectMany(member));
        Add(_failedRegexes.Select(regex));
        Add(group);
        _failedOthers = [];
        _failedMembers.Clear();
        _failedRegexes.Clear();
        HasFailures = false;
    }

    /// <summary>All that is to be written now, in the order in which it is to be written.</summary>
    /// <param name="done">Called with the outcome of it all; null when nobody waits for it.</param>
    public IEnumerable<GroupWrite> Take(Action<ErrorCode>? done)
    {
        GroupRecord[] records = [.. _records];
        _records = [];
        ErrorCode outcome = ErrorCode.None;
        for (int start = 0; start < records.Length; start += RecordsPerWriteMax)
        {
            bool isLast = start + RecordsPerWriteMax >= records.Length;
            GroupRecord[] part = records[start..Math.Min(start + RecordsPerWriteMax, records.Length)];
            yield return new GroupWrite(part, (error, _) =>
            {
                if (error != ErrorCode.None) NoteFailed(part);
                if (outcome == ErrorCode.None) outcome = error;
                if (isLast) done?.Invoke(outcome);
            });
        }
    }

    private void NoteFailed(GroupRecord[] records)
    {
        HasFailures = true;
        foreach (GroupRecord record in records)
        {
            switch (record.Key)
            {
                case ConsumerGroupMemberMetadataKey key: _failedMembers.Add(key.MemberId); break;
                case ConsumerGroupTargetAssignmentMemberKey key: _failedMembers.Add(key.MemberId); break;
                case ConsumerGroupCurrentMemberAssignmentKey key: _failedMembers.Add(key.MemberId); break;
                case ConsumerGroupRegularExpressionKey key: _failedRegexes.Add(key.RegularExpression); break;
                case ConsumerGroupMetadataKey or ConsumerGroupTargetAssignmentMetadataKey: break;
                default: _failedOthers.Add(record); break;
            }
        }
    }
}
