namespace PerfLog.Broker.Groups;

/// <summary>
/// Records that a group wants written together, and what it does when they are, or could not be. Asked for and completed
/// under the group's lock, in the same order.
/// </summary>
/// <param name="Records">At least one.</param>
/// <param name="Done">Called once with the outcome; null when the group does not wait for it.</param>
internal sealed record GroupWrite(IReadOnlyList<GroupRecord> Records, Action<ErrorCode, Moment>? Done = null);
