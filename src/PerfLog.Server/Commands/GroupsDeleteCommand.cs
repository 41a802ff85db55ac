using System.CommandLine;
using PerfLog.Client.Admin;
using PerfLog.Records;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog groups delete GROUP...</c></summary>
internal static class GroupsDeleteCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("GROUP") { Description = "The groups' ids.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("delete", "Delete groups that have no members, and what they have committed.") { names };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            AdminResults<string, None> deleted = await client.DeleteGroupsAsync(invocation.GetRequiredValue(names), null, cancellation);
            Outcomes.Tell(deleted, invocation.InvocationConfiguration.Output, static group => $"Deleted group {group}.");
        }));
        return command;
    }
}
