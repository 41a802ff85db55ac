using System.Diagnostics;

namespace PerfLog.Interop.Samples;

/// <summary>A program that runs until Ctrl-C, whose lines a test follows.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process _process;

    public RunningProgram(string program, params string[] arguments) =>
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} could not be started.");

    /// <summary>Reads on until a line has this text.</summary>
    public async Task UntilAsync(string text)
    {
        while (true)
        {
            string? line = await Limits.WithinAsync($"'{text}' in the output", _process.StandardOutput.ReadLineAsync());
            Assert.True(line is not null, $"The program ended before it said '{text}'.");
            if (line.Contains(text, StringComparison.Ordinal)) return;
        }
    }

    /// <returns>The rest of what it said, and its exit code.</returns>
    public async Task<(string Output, int ExitCode)> InterruptAsync()
    {
        Signals.Send(_process.Id, Signals.Interrupt);
        string rest = await Limits.WithinAsync("the end of the program", _process.StandardOutput.ReadToEndAsync());
        await _process.WaitForExitAsync();
        return (rest, _process.ExitCode);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
