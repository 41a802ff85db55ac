namespace PerfLog.Client.Admin;

/// <summary>What the protocol's errors mean where a group is asked for something.</summary>
internal static class GroupErrors
{
    public static string Subject(string group) => $"group {group}";

    public static string? Meaning(ErrorCode error) => error switch
    {
        ErrorCode.GroupIdNotFound => "there is no such group",
        ErrorCode.NonEmptyGroup or ErrorCode.UnknownMemberId => "it has members; stop its consumers first",
        ErrorCode.InvalidGroupId => "a group's id has at least one character",
        ErrorCode.GroupSubscribedToTopic => "its members subscribe to the topic; stop them first",
        ErrorCode.RebalanceInProgress => "it is rebalancing; stop its consumers first",
        _ => null,
    };
}
