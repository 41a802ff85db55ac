using System.Threading.Channels;
using PerfLog.Client.Consuming;

namespace PerfLog.Client.Hosting.Tests;

/// <summary>What handlers were given, and what a test has them do about it. Shared by all handlers of a host.</summary>
internal sealed class Handled
{
    private readonly Channel<string> _values = Channel.CreateUnbounded<string>();

    /// <summary>Is called with each value before it counts as handled.</summary>
    public Func<string, CancellationToken, Task> Do { get; set; } = static (_, _) => Task.CompletedTask;

    public async Task<string> NextAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        return await _values.Reader.ReadAsync(patience.Token);
    }

    public void Add(string value) => _values.Writer.TryWrite(value);
}

internal sealed class RecordingHandler(Handled handled) : IRecordHandler<string, string>
{
    public async ValueTask HandleAsync(ConsumedRecord<string, string> record, CancellationToken stopping)
    {
        string value = record.Value;
        await handled.Do(value, stopping);
        handled.Add(value);
    }
}
