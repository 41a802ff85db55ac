using System.CommandLine;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Server.Clients;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog perf-test produce|consume|e2e</c></summary>
internal static class PerfTestCommand
{
    public static Command Create() => new("perf-test", "Measure a cluster with this program's own clients.") { Produce(), Consume(), EndToEnd() };

    private static Command Produce()
    {
        Argument<string> topic = Topic();
        Option<long> records = Records("How many records to send.", 1_000_000);
        Option<int> size = Size();
        var throughput = new Option<double>("--throughput") { Description = "Records a second; -1 for as many as go.", DefaultValueFactory = static _ => -1 };
        var command = new Command("produce", "Send generated records as fast as they go.") { topic, records, size, throughput };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(() => new ProduceTest(
            client.Producer(invocation, ProducerOptions.Classic(client.Servers(invocation))),
            invocation.GetRequiredValue(topic),
            invocation.GetValue(records),
            invocation.GetValue(size),
            invocation.GetValue(throughput),
            invocation.InvocationConfiguration.Output).RunAsync(cancellation)));
        return command;
    }

    private static Command Consume()
    {
        Argument<string> topic = Topic();
        Option<long> records = Records("How many records to read.", 1_000_000);
        records.Aliases.Add("--messages");
        var timeout = new Option<int>("--timeout") { Description = "Stop when no record came for so many milliseconds.", DefaultValueFactory = static _ => 10_000 };
        var command = new Command("consume", "Read a topic from its beginning as fast as it goes.") { topic, records, timeout };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(() => new ConsumeTest(
            client.Consumer(invocation, new ConsumerOptions
            {
                BootstrapServers = client.Servers(invocation), MaxPollRecords = 10_000, AllowAutoCreateTopics = false,
            }),
            invocation.GetRequiredValue(topic),
            invocation.GetValue(records),
            TimeSpan.FromMilliseconds(invocation.GetValue(timeout)),
            invocation.InvocationConfiguration.Output).RunAsync(cancellation)));
        return command;
    }

    private static Command EndToEnd()
    {
        Argument<string> topic = Topic();
        Option<long> records = Records("How many records to send, one after the other.", 10_000);
        Option<int> size = Size();
        var command = new Command("e2e", "Measure the time from sending a record to reading it.") { topic, records, size };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(() => new EndToEndTest(
            client.Common(invocation),
            invocation.GetRequiredValue(topic),
            invocation.GetValue(records),
            invocation.GetValue(size),
            invocation.InvocationConfiguration.Output).RunAsync(cancellation)));
        return command;
    }

    private static Argument<string> Topic() => new("TOPIC") { Description = "The topic." };

    private static Option<long> Records(string description, long number) =>
        new("--num-records", "-n") { Description = description, DefaultValueFactory = _ => number };

    private static Option<int> Size() =>
        new("--record-size", "-s") { Description = "The bytes of a record's value.", DefaultValueFactory = static _ => 100 };
}
