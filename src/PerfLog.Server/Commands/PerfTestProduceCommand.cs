using System.CommandLine;
using PerfLog.Client.Producing;
using PerfLog.Server.Clients;
using PerfLog.Server.PerfTest;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog perf-test produce TOPIC</c></summary>
internal static class PerfTestProduceCommand
{
    public static Command Create()
    {
        Argument<string> topic = PerfTestCommand.Topic();
        Option<long> records = PerfTestCommand.Records("How many records to send.", 1_000_000);
        Option<int> size = PerfTestCommand.Size();
        var throughput = new Option<double>("--throughput") { Description = "Records a second; -1 for as many as go.", DefaultValueFactory = static _ => -1 };
        var file = new Option<string?>("--payload-file") { Description = "Send the parts of this file in turn, in place of random bytes.", HelpName = "FILE" };
        var delimiter = new Option<string>("--payload-delimiter") { Description = "What stands between the file's parts. \\n, \\t and \\xNN are understood.", DefaultValueFactory = static _ => "\\n", HelpName = "TEXT" };
        var monotonic = new Option<bool>("--payload-monotonic") { Description = "Send the record's number, in place of random bytes." };
        Option<long> warmUp = PerfTestCommand.WarmUp();
        Option<int> interval = PerfTestCommand.Interval();
        Option<bool> metrics = PerfTestCommand.Metrics();
        Option<string?> json = PerfTestCommand.Json();
        var command = new Command("produce", "Send generated records as fast as they go.")
        {
            topic, records, size, throughput, file, delimiter, monotonic, warmUp, interval, metrics, json,
        };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(async () =>
        {
            RecordSource source = invocation.GetValue(file) is { } path
                ? RecordSource.File(path, EscapedText.Bytes(invocation.GetRequiredValue(delimiter)))
                : invocation.GetValue(monotonic) ? RecordSource.Numbers : RecordSource.Random(invocation.GetValue(size));
            var test = new ProduceTest(
                client.Producer(invocation, ProducerOptions.Classic(client.Servers(invocation))),
                new ProducePlan
                {
                    Topic = invocation.GetRequiredValue(topic),
                    Records = invocation.GetValue(records),
                    WarmUpRecords = invocation.GetValue(warmUp),
                    Throughput = invocation.GetValue(throughput),
                },
                source);
            using PerfReport report = PerfTestCommand.Report(invocation, json, metrics);
            PerfView view = PerfTestCommand.View(invocation, report, invocation.GetValue(interval), ProduceTest.WindowLine);
            await PerfTestCommand.RunAsync(report, view, test.RunAsync, cancellation);
        }));
        return command;
    }
}
