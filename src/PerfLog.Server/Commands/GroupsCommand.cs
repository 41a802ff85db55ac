using System.CommandLine;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog groups ...</c></summary>
internal static class GroupsCommand
{
    public static Command Create() => new(
        "groups", "List, describe, rewind and delete consumer groups. Kafka's own spelling (--describe --group NAME) works too.")
    {
        GroupsListCommand.Create(),
        GroupsDescribeCommand.Create(),
        GroupsMembersCommand.Create(),
        GroupsLagCommand.Create(),
        GroupsResetOffsetsCommand.Create(),
        GroupsDeleteCommand.Create(),
        GroupsDeleteOffsetsCommand.Create(),
    };

    public static Argument<string> GroupArgument() => new("GROUP") { Description = "The group's id." };

    public static Argument<string[]> GroupsArgument() =>
        new("GROUP") { Description = "The groups; all when none is named.", Arity = ArgumentArity.ZeroOrMore };
}
