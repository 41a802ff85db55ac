using PerfLog.Server.Commands;

namespace PerfLog.Server.Tests;

/// <summary>The command line run in this process, with what it printed.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<ProgramRun> OfAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        int exitCode = await PerfLogCommand.RunAsync(arguments, output, errors, CancellationToken.None);
        return new ProgramRun(exitCode, output.ToString(), errors.ToString());
    }
}
