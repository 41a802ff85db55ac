using System.CommandLine;

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
            foreach (string name in invocation.GetRequiredValue(names))
            {
                await client.DeleteGroupAsync(name, cancellation);
                invocation.InvocationConfiguration.Output.WriteLine($"Deleted group {name}.");
            }
        }));
        return command;
    }
}
