using System.Collections.Concurrent;
using System.Diagnostics;

namespace PerfLog.Interop.Groups;

/// <summary>
/// A consumer in a process of its own (kcat), so that it can be killed and stopped as processes are. It commits what it has
/// read several times a second.
/// </summary>
internal sealed class KcatMember : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _values = new();
    private readonly Process _process;

    public KcatMember(string address, string group, string topic, int sessionTimeoutMs)
    {
        string[] arguments =
        [
            "-b", address, "-G", group, topic, "-u", "-q", "-f", "%s\\n",
            "-X", $"session.timeout.ms={sessionTimeoutMs}", "-X", "heartbeat.interval.ms=200", "-X", "auto.offset.reset=earliest",
            "-X", "auto.commit.interval.ms=200", "-X", "topic.metadata.refresh.interval.ms=1000",
        ];
        var start = new ProcessStartInfo("kcat", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException("kcat could not be started.");
        _process.OutputDataReceived += (_, line) => { if (line.Data is not null) _values.Enqueue(line.Data); };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has read.</summary>
    public IReadOnlyCollection<string> Values => _values;

    public bool HasEnded => _process.HasExited;

    /// <summary>As <c>kill -9</c> does: nobody is told.</summary>
    public void Kill() => Signals.Send(_process.Id, Signals.Kill);

    /// <summary>The process stands still, and its connections stay open.</summary>
    public void Pause() => Signals.Send(_process.Id, Signals.Stop);

    public void Resume() => Signals.Send(_process.Id, Signals.Continue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Signals.Send(_process.Id, Signals.Kill);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
