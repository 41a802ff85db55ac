using System.CommandLine;
using PerfLog.Client.Consuming;
using PerfLog.Server.PerfTest;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog perf-test consume TOPIC</c></summary>
internal static class PerfTestConsumeCommand
{
    public static Command Create()
    {
        Argument<string> topic = PerfTestCommand.Topic();
        Option<long> records = PerfTestCommand.Records("How many records to read.", 1_000_000);
        records.Aliases.Add("--messages");
        var timeout = new Option<int>("--timeout") { Description = "Stop when no record came for so many milliseconds.", DefaultValueFactory = static _ => 10_000 }.Within(0);
        var group = new Option<string?>("--group", "-G") { Description = "Read as a member of this group; without it every partition, from its beginning." };
        var fromLatest = new Option<bool>("--from-latest") { Description = "Start at the end, with what comes from now on." };
        var fetchSize = new Option<int?>("--fetch-size") { Description = "The bytes of a partition asked for at once." }.Within(1);
        var hideHeader = new Option<bool>("--hide-header") { Description = "Without the line that names the columns." };
        var detailed = new Option<bool>("--show-detailed-stats") { Description = "A row for each interval, too." };
        Option<int> interval = PerfTestCommand.Interval();
        Option<bool> metrics = PerfTestCommand.Metrics();
        Option<string?> json = PerfTestCommand.Json();
        var command = new Command("consume", "Read a topic as fast as it goes.")
        {
            topic, records, timeout, group, fromLatest, fetchSize, hideHeader, detailed, interval, metrics, json,
        };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(async () =>
        {
            ConsumerOptions options = new()
            {
                BootstrapServers = client.Servers(invocation),
                GroupId = invocation.GetValue(group),
                AutoOffsetReset = invocation.GetValue(fromLatest) ? OffsetReset.Latest : OffsetReset.Earliest,
                MaxPollRecords = 10_000,
                AllowAutoCreateTopics = false,
            };
            if (invocation.GetValue(fetchSize) is { } bytes) options = options with { MaxPartitionFetchBytes = bytes };
            int timeoutMs = invocation.GetValue(timeout);
            var test = new ConsumeTest(client.Consumer(invocation, options), new ConsumeTestPlan
            {
                Topic = invocation.GetRequiredValue(topic),
                Records = invocation.GetValue(records),
                IdleMax = TimeSpan.FromMilliseconds(timeoutMs),
                FromLatest = invocation.GetValue(fromLatest),
                HidesHeader = invocation.GetValue(hideHeader) || invocation.GetValue(detailed),
            });
            using PerfReport report = PerfTestCommand.Report(invocation, json, metrics);
            bool hasRows = invocation.GetValue(detailed);
            if (hasRows && !invocation.GetValue(hideHeader)) report.Lines.WriteLine(ConsumeTest.DetailedHeader);
            PerfView view = PerfTestCommand.View(invocation, report, invocation.GetValue(interval), hasRows ? test.DetailedRow : null);
            await PerfTestCommand.RunAsync(report, view, test.RunAsync, cancellation);
            if (test.IsShort)
                invocation.InvocationConfiguration.Error.WriteLine($"perflog: no record came for {timeoutMs} ms; there were fewer than asked for. --timeout waits longer.");
        }));
        return command;
    }
}
