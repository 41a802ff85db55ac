using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using PerfLog.Protocol.Connections;

namespace PerfLog.Server.Commands;

/// <summary>The whole command line: what there is, and what its failures look like.</summary>
internal static class PerfLogCommand
{
    public static async Task<int> RunAsync(
        string[] arguments, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        ParseResult command = Build().Parse(KafkaSpelling.Translate(arguments));
        if (command.Errors.Count > 0) return TellUsage(command, errors);
        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = output,
                Error = errors,
                EnableDefaultExceptionHandler = false,
                // The program has its own: a broker may need longer to stop than the default allows.
                ProcessTerminationTimeout = null,
            };
            return await command.InvokeAsync(invocation, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            errors.WriteLine("perflog: stopped.");
            return ExitCodes.Interrupted;
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            errors.WriteLine($"perflog: {failure.Message}");
            return ExitCodes.Failure;
        }
    }

    private static RootCommand Build() => new("A Kafka-compatible event log.")
    {
        StartCommand.Create(),
        TopicsCommand.Create(),
        ConfigsCommand.Create(),
        ProduceCommand.Create(),
        ConsumeCommand.Create(),
        PerfTestCommand.Create(),
        VerifyCommand.Create(),
        GroupsCommand.Create(),
        DumpLogCommand.Create(),
        DoctorCommand.Create(),
        DemoCommand.Create(),
    };

    private static int TellUsage(ParseResult command, TextWriter errors)
    {
        foreach (ParseError error in command.Errors) errors.WriteLine($"perflog: {error.Message}");
        errors.WriteLine($"'{FullName(command.CommandResult)} --help' shows what can be said.");
        return ExitCodes.Usage;
    }

    private static string FullName(SymbolResult result) => result switch
    {
        CommandResult { Parent: CommandResult parent } command => $"{FullName(parent)} {command.Command.Name}",
        _ => "perflog",
    };

    // The world's faults, which a user can do something about. Everything else is a fault of ours and shows its trace.
    private static bool IsExpected(Exception failure) =>
        failure is CommandException or IOException or UnauthorizedAccessException or SocketException or TimeoutException
            or UnsupportedApiException or BrokerAuthenticationException;
}
