using PerfLog.Server.Commands;

namespace PerfLog.Server.Tests;

/// <summary>The command line run in this process, with what it printed.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<ProgramRun> OfAsync(params string[] arguments) => RunAsync(arguments, new StringWriter(), CancellationToken.None);

    /// <summary>The same, stopped as by Ctrl-C at the first line of output that is asked for.</summary>
    public static async Task<ProgramRun> StoppedAtAsync(Func<string, bool> isLine, params string[] arguments)
    {
        using CancellationTokenSource stopping = new();
        using StoppingWriter output = new(isLine, stopping);
        return await RunAsync(arguments, output, stopping.Token);
    }

    private static async Task<ProgramRun> RunAsync(string[] arguments, StringWriter output, CancellationToken cancellation)
    {
        var errors = new StringWriter();
        int exitCode = await PerfLogCommand.RunAsync(arguments, output, errors, cancellation);
        return new ProgramRun(exitCode, output.ToString(), errors.ToString());
    }

    private sealed class StoppingWriter(Func<string, bool> isLine, CancellationTokenSource stopping) : StringWriter
    {
        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            if (value is not null && isLine(value)) await stopping.CancelAsync();
        }
    }
}
