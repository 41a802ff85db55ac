using System.Collections.Concurrent;
using System.Diagnostics;

namespace PerfLog.Interop.Groups;

/// <summary>A member of a consumer group in a process of its own (<see cref="MemberProgram"/>).</summary>
internal sealed class MemberProcess : IDisposable
{
    private readonly ConcurrentQueue<string> _values = new();
    private readonly Process _process;
    private HashSet<int> _partitions = [];

    public MemberProcess(string address, string group, string topic, bool isOwn = false)
    {
        string[] client = isOwn ? [MemberProgram.Own] : [];
        var start = new ProcessStartInfo("dotnet", [typeof(MemberProgram).Assembly.Location, address, group, topic, .. client])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("A member could not be started.");
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has as far as it has said.</summary>
    public IReadOnlySet<int> Partitions => Volatile.Read(ref _partitions);

    public IReadOnlyCollection<string> ReadValues => _values;

    /// <summary>As <c>kill -9</c>.</summary>
    public void Kill() => _process.Kill();

    /// <summary>It stands still, as a process does whose machine swaps or is being moved.</summary>
    public void Pause() => Signals.Send(_process.Id, Signals.Stop);

    public void Continue() => Signals.Send(_process.Id, Signals.Continue);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        string[] words = line.Split(' ', 2);
        if (words[0] == MemberProgram.Read) _values.Enqueue(words[1]);
        if (words[0] == MemberProgram.Has)
            Volatile.Write(ref _partitions, [.. words[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]);
    }
}
