using System.CommandLine;
using PerfLog.Client.Producing;
using PerfLog.Server.Clients;
using PerfLog.Server.Demo;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog verify TOPIC</c></summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var topic = new Argument<string>("TOPIC") { Description = "The topic; what is in it already is passed over." };
        var records = new Option<int>("--num-records", "-n") { Description = "How many records to write.", DefaultValueFactory = static _ => 100_000 };
        records.Within(1);
        var command = new Command("verify", "Write numbered records, read them back, and tell what was lost, repeated or reordered.") { topic, records };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(() => new NumberCheck(
            client.Producer(invocation, ProducerOptions.Safe(client.Servers(invocation))),
            invocation.GetRequiredValue(topic),
            invocation.GetValue(records),
            invocation.InvocationConfiguration.Output,
            new ProgressDisplay(invocation.InvocationConfiguration.Error)).RunAsync(cancellation)));
        return command;
    }
}
