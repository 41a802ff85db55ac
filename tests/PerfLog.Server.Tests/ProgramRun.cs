using System.Text;
using PerfLog.Server.Commands;

namespace PerfLog.Server.Tests;

/// <summary>The command line run in this process, with what it printed.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<ProgramRun> OfAsync(params string[] arguments) =>
        RunAsync(arguments, new StringWriter(), new StringWriter(), CancellationToken.None);

    /// <summary>The same, stopped as by Ctrl-C at the first line that is asked for, of output or errors.</summary>
    public static async Task<ProgramRun> StoppedAtAsync(Func<string, bool> isLine, params string[] arguments)
    {
        using CancellationTokenSource stopping = new();
        using StoppingWriter output = new(isLine, stopping), errors = new(isLine, stopping);
        return await RunAsync(arguments, output, errors, stopping.Token);
    }

    private static async Task<ProgramRun> RunAsync(string[] arguments, StringWriter output, StringWriter errors, CancellationToken cancellation)
    {
        int exitCode = await PerfLogCommand.RunAsync(arguments, output, errors, cancellation);
        return new ProgramRun(exitCode, output.ToString(), errors.ToString());
    }

    private sealed class StoppingWriter(Func<string, bool> isLine, CancellationTokenSource stopping) : StringWriter
    {
        // The asynchronous one comes here, too.
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value is not null && isLine(value)) stopping.Cancel();
        }

        // As many lines at once as there are gathered.
        public override void Write(StringBuilder? value)
        {
            base.Write(value);
            if (value is not null && value.ToString().Split('\n').Any(isLine)) stopping.Cancel();
        }
    }
}
