using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;

namespace PerfLog.Interop;

/// <summary>
/// Goal: a broker that is killed again and again, while it takes records of few keys and compacts them, never loses the
/// latest acknowledged value of a key, and never tells one that was not sent.
/// </summary>
[SuppressMessage("Security", "CA5394", Justification = "The seed makes a run of the test repeatable.")]
public sealed class KillLoopTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const string Topic = "killed";
    private const int Keys = 50;
    private const int DirectValueBytes = 1_000;

    // Set PERFLOG_KILLS to a few hundred for a longer proof.
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_KILLS") ?? "3");
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_SEED") ?? "8");

    private readonly ConcurrentDictionary<string, int> _acknowledged = new();
    private int _sent;
    private bool _isDirect;

    /// <summary>What is written past the page cache and not flushed dies with the process; acknowledged there is what is flushed.</summary>
    [Theory]
    [InlineData("cached")]
    [InlineData("direct")]
    public async Task The_latest_acknowledged_value_of_each_key_survives_kill_9_in_the_middle_of_compaction(string writePath)
    {
        output.WriteLine($"seed {Seed}, {Kills} kills, {writePath}");
        _isDirect = writePath == "direct";
        Random random = new(Seed);
        using var folder = new TemporaryFolder();
        int port = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            await using BrokerProcess broker = await StartAsync(folder, port);
            port = broker.Port;
            if (kill == 0) await CreateTopicAsync(broker);
            Check(broker);
            await KillUnderLoadAsync(broker, acknowledgements: 2_000 + random.Next(8_000));
        }

        await using BrokerProcess last = await StartAsync(folder, port);
        Check(last);
    }

    private Task<BrokerProcess> StartAsync(TemporaryFolder folder, int port) => BrokerProcess.StartAsync(
        folder.Path,
        port,
        "log.cleaner.backoff.ms=20",
        "log.flush.offset.checkpoint.interval.ms=100",
        $"perflog.storage.write.path={(_isDirect ? "direct" : "cached")}");

    private Task CreateTopicAsync(BrokerProcess broker) => Clients.CreateTopicAsync(broker.Address, Topic, 1, new()
    {
        ["cleanup.policy"] = "compact",
        // The page cache is passed by from a segment's first mebibyte on.
        ["segment.bytes"] = _isDirect ? "3000000" : "40000",
        ["flush.messages"] = _isDirect ? "1" : $"{long.MaxValue}",
        ["min.cleanable.dirty.ratio"] = "0.01",
        ["file.delete.delay.ms"] = "100",
    });

    private async Task KillUnderLoadAsync(BrokerProcess broker, int acknowledgements)
    {
        int before = _sent;
        using IProducer<string?, string> producer = Clients.Producer(broker.Address, static config =>
        {
            config.MessageSendMaxRetries = 0;
            config.MessageTimeoutMs = 1_000;
            config.MaxInFlight = 1;
        });
        using var stop = new CancellationTokenSource();
        Task load = Task.Run(() => ProduceUntil(producer, stop.Token));
        await Limits.UntilAsync("records acknowledged", () => _acknowledged.Values.DefaultIfEmpty(-1).Max() >= before + acknowledgements);
        await Limits.UntilAsync("a compaction", () => broker.Log.Contains("compacted from", StringComparison.Ordinal));
        await broker.KillAsync();
        await stop.CancelAsync();
        await load;
        producer.Flush(TimeSpan.FromSeconds(10));
    }

    private void ProduceUntil(IProducer<string?, string> producer, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            int number = _sent;
            string key = $"key-{number % Keys}";
            try
            {
                producer.Produce(Topic, new() { Key = key, Value = _isDirect ? $"{number}".PadRight(DirectValueBytes) : $"{number}" }, report =>
                {
                    if (!report.Error.IsError) _acknowledged.AddOrUpdate(key, number, (_, known) => Math.Max(known, number));
                });
                _sent++;
            }
            catch (ProduceException<string?, string> full) when (full.Error.Code == Confluent.Kafka.ErrorCode.Local_QueueFull)
            {
                Thread.Yield();
            }
        }
    }

    private void Check(BrokerProcess broker)
    {
        Dictionary<string, int> latest = [];
        long before = -1;
        foreach (ConsumeResult<string?, string> record in Clients.ReadToEnd(broker.Address, Topic))
        {
            int number = int.Parse(record.Message.Value);
            Assert.True(record.Offset.Value > before, $"offset {record.Offset.Value} follows {before}");
            Assert.True(number < _sent && record.Message.Key == $"key-{number % Keys}", $"{record.Message.Key}={number} was never sent");
            before = record.Offset.Value;
            latest[record.Message.Key!] = number;
        }

        foreach ((string key, int number) in _acknowledged)
            Assert.True(latest.GetValueOrDefault(key, -1) >= number, $"{key}: {number} was acknowledged, {latest.GetValueOrDefault(key, -1)} is there");
    }
}
