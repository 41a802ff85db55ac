using System.CommandLine;
using PerfLog.Client.Admin;
using PerfLog.Server.Groups;
using PerfLog.Server.Output;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog groups reset-offsets GROUP</c>: shows what it would set, and sets it when told to.</summary>
internal static class GroupsResetOffsetsCommand
{
    public static Command Create()
    {
        Argument<string> name = GroupsCommand.GroupArgument();
        var topics = new Option<string[]>("--topic") { Description = "TOPIC, or TOPIC:0,1,2. Repeatable." };
        var allTopics = new Option<bool>("--all-topics") { Description = "Every partition that the group has committed to." };
        var execute = new Option<bool>("--execute") { Description = "Set the offsets. Without it they are only shown." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be set. This is what happens without --execute, too." };
        var export = new Option<bool>("--export") { Description = "Print the new offsets as lines that --from-file reads." };
        Option<bool> json = TopicsCommand.JsonOption();
        var command = new Command(
            "reset-offsets", "Move a group without members to other offsets. Shows the outcome first: add --execute to do it.")
        {
            name, topics, allTopics, execute, dryRun, export, json,
        };
        var targets = new ResetTargetOptions(command);
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            string group = invocation.GetRequiredValue(name);
            string[] selections = invocation.GetValue(topics) ?? [];
            ResetTarget target = targets.Read(invocation);
            if (invocation.GetValue(execute) && invocation.GetValue(dryRun)) throw new UsageException("--execute and --dry-run exclude each other.");
            if (selections.Length == 0 && !invocation.GetValue(allTopics) && target is not ResetTarget.Listed)
                throw new UsageException("Which partitions? Say --topic TOPIC, --topic TOPIC:0,1,2 or --all-topics.");

            IReadOnlyCollection<TopicPartition>? partitions = selections.Length == 0
                ? null
                : await TopicSelection.ResolveAsync(client, selections, cancellation);
            IReadOnlyList<OffsetReset> resets = await new ResetPlan(client).MakeAsync(group, partitions, target, cancellation);
            bool executes = invocation.GetValue(execute);
            if (executes && resets.Count > 0)
            {
                IEnumerable<GroupOffset> offsets = resets.Select(static reset => new GroupOffset(reset.Partition, reset.After));
                (await client.AlterGroupOffsetsAsync(group, offsets, null, cancellation)).ThrowIfAnyFailed();
            }

            TextWriter output = invocation.InvocationConfiguration.Output;
            if (invocation.GetValue(export)) OffsetsFile.Write(output, resets);
            else if (invocation.GetValue(json)) GroupJson.WriteResets(output, resets, executes);
            else GroupTables.WriteResets(output, group, resets, executes);
        }));
        return command;
    }
}
