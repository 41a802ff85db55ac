using System.CommandLine;
using PerfLog.Client.Consuming;
using PerfLog.Server.Clients;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog consume TOPIC</c></summary>
internal static class ConsumeCommand
{
    public static Command Create()
    {
        var topic = new Argument<string>("TOPIC") { Description = "What to read." };
        var fromBeginning = new Option<bool>("--from-beginning") { Description = "Start with the first record that is there." };
        var group = new Option<string?>("--group", "-G") { Description = "Share the topic with the members of this group, and commit what was read." };
        var partition = new Option<int?>("--partition", "-p") { Description = "Read this partition alone." };
        var offset = new Option<string?>("--offset", "-o") { Description = "Where to start: beginning, end, an offset, or -N for the last N.", HelpName = "WHERE" };
        var maxMessages = new Option<long?>("--max-messages", "-c") { Description = "Stop after so many records." };
        var exit = new Option<bool>("--exit", "-e") { Description = "Stop at the end of every partition." };
        var idle = new Option<int?>("--timeout-ms") { Description = "Stop when no record came for so long." };
        var format = new Option<string?>("--format", "-f")
        {
            Description = "How a record is written: %t topic, %p partition, %o offset, %k key, %s value, %T time, %h headers, %K and %S their lengths, \\n and \\t.",
        };
        var printKey = new Option<bool>("--print-key") { Description = "Write the key and a tab before the value." };
        var command = new Command("consume", "Read a topic and write its records.")
        {
            topic, fromBeginning, group, partition, offset, maxMessages, exit, idle, format, printKey,
        };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(() =>
        {
            string? start = invocation.GetValue(fromBeginning) ? "beginning" : invocation.GetValue(offset);
            ConsumerOptions options = new()
            {
                BootstrapServers = client.Servers(invocation),
                GroupId = invocation.GetValue(group),
                AutoOffsetReset = start is null or "end" ? OffsetReset.Latest : OffsetReset.Earliest,
                AllowAutoCreateTopics = false,
            };
            string layout = invocation.GetValue(format) ?? (invocation.GetValue(printKey) ? "%k\\t%s\\n" : "%s\\n");
            return new RecordPrinter(client.Consumer(invocation, options), RecordFormat.Parse(layout)).RunAsync(
                new ConsumePlan
                {
                    Topic = invocation.GetRequiredValue(topic),
                    Partition = invocation.GetValue(partition),
                    Start = start,
                    RecordsMax = invocation.GetValue(maxMessages) ?? long.MaxValue,
                    StopsAtEnd = invocation.GetValue(exit),
                    IdleMax = invocation.GetValue(idle) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
                },
                cancellation);
        }));
        return command;
    }
}
