using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace PerfLog.Interop;

/// <summary>The real program, started as a user would: <c>perflog start</c> on loopback with a folder of its own.</summary>
public sealed partial class BrokerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrokerProcess(Process process) => _process = process;

    public int Port { get; private set; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>All that the program has printed so far.</summary>
    public string Log
    {
        get { lock (_log) return _log.ToString(); }
    }

    /// <param name="port">0 lets the program choose.</param>
    /// <param name="settings">Each a <c>key=value</c>.</param>
    public static Task<BrokerProcess> StartAsync(string dataFolder, int port = 0, params string[] settings) =>
        StartWithAsync(
            ["start", "--listener", $"127.0.0.1:{port}", "--data-dir", dataFolder,
                .. settings.SelectMany(static setting => new[] { "--set", setting })]);

    public static async Task<BrokerProcess> StartWithAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(TestSetup.ProgramPath, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("perflog could not be started.");
        var broker = new BrokerProcess(process);
        await broker.WaitUntilReadyAsync();
        return broker;
    }

    /// <summary>Asks it to stop and waits until it has. Returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Signals.Send(_process.Id, Signals.Terminate);
        using var deadline = new CancellationTokenSource(Limits.Stop);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The broker did not stop within {Limits.Stop.TotalSeconds} s of SIGTERM.\n{Log}");
        }

        return _process.ExitCode;
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Task first = await Task.WhenAny(_port.Task, _process.WaitForExitAsync(), Task.Delay(Limits.Start));
        if (first != _port.Task)
        {
            string how = _process.HasExited ? $"ended with {_process.ExitCode}" : "is not ready";
            await DisposeAsync();
            Assert.Fail($"The broker {how} instead of getting ready.\n{Log}");
        }

        Port = await _port.Task;
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_log) _log.AppendLine(line);
        Match ready = ReadyLine().Match(line);
        if (ready.Success) _port.TrySetResult(int.Parse(ready.Groups["port"].Value));
    }

    [GeneratedRegex(@"ready on \S+:(?<port>\d+)")]
    private static partial Regex ReadyLine();
}
