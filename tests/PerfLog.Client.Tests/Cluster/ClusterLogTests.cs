using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Testing.Security;

namespace PerfLog.Client.Tests.Cluster;

public sealed class ClusterLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();

    [Fact]
    public void A_reason_is_told_once_and_again_after_half_a_minute()
    {
        ClusterLog log = new(_lines, "c", _time);
        for (int attempt = 0; attempt < 100; attempt++) log.Unanswered(new IOException("it is away"));
        Assert.Equal("Warning: c reaches no broker, and tries on: it is away", Assert.Single(_lines.All));

        _time.Advance(TimeSpan.FromSeconds(30));
        log.Unanswered(new IOException("it is away"));
        log.Unanswered(new IOException("another reason"));

        Assert.Equal(3, _lines.All.Count);
    }

    [Fact]
    public void That_a_broker_answers_is_told_only_when_none_did()
    {
        ClusterLog log = new(_lines, "c", _time);
        log.Answered();
        Assert.Empty(_lines.All);

        log.Unanswered(new IOException("it is away"));
        log.Answered();
        log.Answered();

        Assert.Equal(["Warning: c reaches no broker, and tries on: it is away", "Information: c reaches a broker again."], _lines.All);
    }

    [Fact]
    public async Task A_consumer_that_reaches_nobody_says_so_and_why()
    {
        // Nothing is behind the front: every connection ends at once.
        await using SecureFront front = new(new SecureFrontOptions()) { Broker = new IPEndPoint(IPAddress.Loopback, 1) };
        ConsumerOptions options = new() { BootstrapServers = $"localhost:{front.Port}", ClientId = "lonely", LoggerFactory = _lines };
        await using Consumer<string, string> consumer = new(options);
        consumer.Assign(new TopicPartition("t", 0));

        using ConsumedBatch<string, string> batch = await consumer.PollAsync(TimeSpan.FromMilliseconds(500));

        Assert.Equal(0, batch.Count);
        Assert.StartsWith($"Warning: lonely reaches no broker, and tries on: localhost:{front.Port}: ", _lines.All.First(), StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger, ILoggerFactory
    {
        public ConcurrentQueue<string> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue($"{logLevel}: {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
