using System.CommandLine;
using PerfLog.Client.Admin;
using PerfLog.Server.Output;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog configs describe --topic NAME | --broker ID</c></summary>
internal static class ConfigsDescribeCommand
{
    public static Command Create()
    {
        var all = new Option<bool>("--all") { Description = "With what nobody has set, too." };
        Option<bool> json = TopicsCommand.JsonOption();
        var command = new Command("describe", "Show what was set for topics or brokers, and where each value comes from.") { all, json };
        var resources = new ConfigResourceOptions(command);
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            bool showsAll = invocation.GetValue(all);
            AdminResults<ConfigResource, IReadOnlyList<ConfigEntry>> described =
                await client.DescribeConfigsAsync(resources.Read(invocation), null, cancellation);
            described.ThrowIfAnyFailed();
            DescribedConfigs[] configs = [.. described.Select(entry => new DescribedConfigs(
                entry.Key, [.. entry.Value.Value.Where(config => showsAll || config.Source is not (ConfigSource.Default or ConfigSource.Unknown))]))];
            TextWriter output = invocation.InvocationConfiguration.Output;
            if (invocation.GetValue(json)) ConfigTables.WriteJson(output, configs);
            else ConfigTables.Write(output, configs);
        }));
        return command;
    }
}
