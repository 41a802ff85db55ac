using System.CommandLine;
using PerfLog.Client.Producing;
using PerfLog.Server.PerfTest;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog perf-test e2e TOPIC</c></summary>
internal static class PerfTestEndToEndCommand
{
    public static Command Create()
    {
        Argument<string> topic = PerfTestCommand.Topic();
        Option<long> records = PerfTestCommand.Records("How many records to send, one after the other.", 10_000);
        Option<int> size = PerfTestCommand.Size();
        var acks = new Option<string>("--producer-acks", "--acks") { Description = "0, 1 or all.", DefaultValueFactory = static _ => "1" };
        acks.AcceptOnlyFromAmong("0", "1", "all", "-1");
        Option<long> warmUp = PerfTestCommand.WarmUp();
        Option<string?> json = PerfTestCommand.Json();
        var command = new Command("e2e", "Measure the time from sending a record to reading it.") { topic, records, size, acks, warmUp, json };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(() =>
        {
            var test = new EndToEndTest(client.Common(invocation), new EndToEndPlan
            {
                Topic = invocation.GetRequiredValue(topic),
                Records = invocation.GetValue(records),
                WarmUpRecords = invocation.GetValue(warmUp),
                RecordBytes = invocation.GetValue(size),
                Acks = invocation.GetValue(acks) switch { "0" => Acks.None, "1" => Acks.Leader, _ => Acks.All },
            });
            PerfReport report = PerfTestCommand.Report(invocation, json);
            PerfView view = PerfTestCommand.View(invocation, report, intervalMs: int.MaxValue, line: null);
            return PerfTestCommand.RunAsync(report, view, test.RunAsync, cancellation);
        }));
        return command;
    }
}
