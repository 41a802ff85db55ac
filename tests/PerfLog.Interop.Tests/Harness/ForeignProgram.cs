using System.Diagnostics;
using System.Text;

namespace PerfLog.Interop;

/// <summary>What a program left behind.</summary>
public sealed record ProgramResult(string CommandLine, int ExitCode, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public ProgramResult ShouldSucceed()
    {
        Assert.True(ExitCode == 0, $"{CommandLine}\nended with {ExitCode}\n{Errors}\n{Output}");
        return this;
    }

    public ProgramResult ShouldFail(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"{CommandLine}\nended with {ExitCode}, not {exitCode}\n{Errors}\n{Output}");
        return this;
    }
}

/// <summary>Runs other programs (kcat, node, perflog itself) to their end, within a time limit.</summary>
internal static class ForeignProgram
{
    public static Task<ProgramResult> KcatAsync(string input, params string[] arguments) =>
        RunAsync("kcat", arguments, Encoding.UTF8.GetBytes(input));

    public static Task<ProgramResult> NodeAsync(string script, params string[] arguments) =>
        RunAsync("node", [Path.Combine(TestSetup.ScriptsFolder, script), .. arguments], []);

    public static Task<ProgramResult> PerfLogAsync(params string[] arguments) =>
        RunAsync(TestSetup.ProgramPath, arguments, []);

    public static Task<ProgramResult> PerfLogWithAsync(string input, params string[] arguments) =>
        RunAsync(TestSetup.ProgramPath, arguments, Encoding.UTF8.GetBytes(input));

    public static Task<ProgramResult> ProgramAsync(string program, params string[] arguments) => RunAsync(program, arguments, []);

    public static Task<ProgramResult> DotnetAsync(TimeSpan limit, params string[] arguments) => RunAsync("dotnet", arguments, [], limit);

    private static async Task<ProgramResult> RunAsync(string program, string[] arguments, byte[] input, TimeSpan? limit = null)
    {
        string commandLine = $"{program} {string.Join(' ', arguments)}";
        using Process process = Start(program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await WriteInputAsync(process, input);
        using var deadline = new CancellationTokenSource(limit ?? Limits.Program);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{commandLine}\ndid not end within {(limit ?? Limits.Program).TotalSeconds} s\n{await errors}\n{await output}");
        }

        return new ProgramResult(commandLine, process.ExitCode, await output, await errors);
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
    }

    private static async Task WriteInputAsync(Process process, byte[] input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything: its exit code and messages tell more than the broken pipe.
        }
    }
}
