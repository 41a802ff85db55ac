using System.CommandLine;
using System.Net.Sockets;
using PerfLog.Protocol.Connections;
using PerfLog.Server.Clients;
using PerfLog.Server.Output;

namespace PerfLog.Server.Commands;

/// <summary>The whole command line: what there is, and what its failures look like.</summary>
internal static class PerfLogCommand
{
    public static async Task<int> RunAsync(
        string[] arguments, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        ParseResult command = Build().Parse(KafkaSpelling.Translate(arguments));
        if (UsageErrors.Of(command) is { Count: > 0 } mistakes) return TellUsage(command, mistakes, errors);
        try
        {
            StandardInput.RequireWhereNamed(arguments);
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
        catch (OutputClosedException)
        {
            return ExitCodes.OutputClosed;
        }
        catch (UsageException mistake)
        {
            return TellUsage(command, [mistake.Message], errors);
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

    private static int TellUsage(ParseResult command, IReadOnlyList<string> mistakes, TextWriter errors)
    {
        foreach (string mistake in mistakes) errors.WriteLine($"perflog: {mistake}");
        errors.WriteLine($"'{UsageErrors.FullName(command.CommandResult)} --help' shows what can be said.");
        return ExitCodes.Usage;
    }

    // The world's faults, which a user can do something about. Everything else is a fault of ours and shows its trace.
    private static bool IsExpected(Exception failure) =>
        failure is CommandException or IOException or UnauthorizedAccessException or SocketException or TimeoutException
            or UnsupportedApiException or BrokerAuthenticationException;
}
