using System.CommandLine;
using PerfLog.Client.Producing;
using PerfLog.Server.Clients;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog produce TOPIC [FILE]</c></summary>
internal static class ProduceCommand
{
    public static Command Create()
    {
        var topic = new Argument<string>("TOPIC") { Description = "Where to." };
        var file = new Argument<string?>("FILE") { Description = "A file whose lines are sent, one record each; without it standard input.", Arity = ArgumentArity.ZeroOrOne };
        var separator = new Option<string?>("--key-separator", "-K") { Description = "What stands between key and value in a line; without it lines are values.", HelpName = "TEXT" };
        var partition = new Option<int?>("--partition", "-p") { Description = "The partition; without it the key chooses." };
        var headers = new Option<string[]>("--header", "-H") { Description = "A header of every record. Repeatable.", HelpName = "KEY=VALUE", AllowMultipleArgumentsPerToken = false };
        var emptyIsNull = new Option<bool>("--null", "-Z") { Description = "An empty key is none, an empty value a tombstone." };
        var command = new Command("produce", "Send lines as records.") { topic, file, separator, partition, headers, emptyIsNull };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(() => new LineProducer(
            client.Producer(invocation, ProducerOptions.Safe(client.Servers(invocation)) with { Linger = TimeSpan.FromMilliseconds(5) }),
            new LineFormat
            {
                Topic = invocation.GetRequiredValue(topic),
                KeySeparator = invocation.GetValue(separator),
                Partition = invocation.GetValue(partition),
                Headers = KeyValueOptions.Pairs(invocation.GetValue(headers)),
                EmptyIsNull = invocation.GetValue(emptyIsNull),
            }).SendAsync(invocation.GetValue(file), invocation.InvocationConfiguration.Error, cancellation)));
        return command;
    }
}
