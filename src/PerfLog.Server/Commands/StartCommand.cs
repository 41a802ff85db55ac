using System.CommandLine;
using System.CommandLine.Parsing;
using PerfLog.Client.Admin;
using PerfLog.Server.Hosting;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog start</c></summary>
internal static class StartCommand
{
    public static Command Create()
    {
        var listener = new Option<string?>("--listener")
        {
            Description = $"The address to listen on; port 0 takes a free one. Without it {StartOptions.DefaultListener}.", HelpName = "HOST:PORT",
        };
        listener.Validators.Add(CheckAddress);
        var dataDirectory = new Option<string?>("--data-dir")
        {
            Description = $"Where everything is kept. Without it {StartOptions.DefaultDataDirectory}.", HelpName = "FOLDER",
        };
        var file = new Option<string?>("--config") { Description = "A server.properties as Kafka has it.", HelpName = "FILE" };
        Option<string[]> settings = KeyValueOptions.Create("--set", "A broker setting by Kafka's name, such as num.partitions=3. Repeatable.");
        var command = new Command("start", "Start a broker; SIGTERM or Ctrl-C stops it cleanly.") { listener, dataDirectory, file, settings };
        command.SetAction((invocation, cancellation) => new BrokerHost(
            new StartOptions
            {
                Listener = invocation.GetValue(listener),
                DataDirectory = invocation.GetValue(dataDirectory),
                ConfigFile = invocation.GetValue(file),
                Settings = KeyValueOptions.Pairs(invocation.GetValue(settings)),
            },
            invocation.InvocationConfiguration.Output).RunAsync(cancellation));
        return command;
    }

    private static void CheckAddress(OptionResult given)
    {
        string text = given.GetValueOrDefault<string>() ?? "";
        // Port 0 is no address to connect to, but a fine one to listen on.
        string connectable = text.EndsWith(":0", StringComparison.Ordinal) ? text[..^1] + "1" : text;
        if (!BrokerAddress.TryParse(connectable, out _)) given.AddError($"--listener: '{text}' is no HOST:PORT.");
    }
}
