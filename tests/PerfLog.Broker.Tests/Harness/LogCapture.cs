using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>Keeps what a broker logs, for tests that count its lines. Any thread may log.</summary>
internal sealed class LogCapture : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<Line> _lines = new();

    public sealed record Line(LogLevel Level, string Text, Exception? Cause)
    {
        public override string ToString() => $"{Level}: {Text} {Cause}";
    }

    /// <summary>The lines that a person should look at.</summary>
    public Line[] Warnings => [.. _lines.Where(static line => line.Level >= LogLevel.Warning)];

    public Line[] Errors => [.. _lines.Where(static line => line.Level >= LogLevel.Error)];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(new Line(logLevel, formatter(state, exception), exception));

    public void Dispose()
    {
    }
}
