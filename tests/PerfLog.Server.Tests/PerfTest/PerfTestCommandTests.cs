using System.Text.Json;
using System.Text.RegularExpressions;
using PerfLog.Broker;

namespace PerfLog.Server.Tests.PerfTest;

/// <summary>Goal: what reads the lines of Kafka's tools reads these, and what is said there can be said here.</summary>
public sealed partial class PerfTestCommandTests : IAsyncLifetime
{
    private EmbeddedBroker? _broker;

    private string[] Address => ["--bootstrap-server", _broker!.BootstrapServers];

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync();
        Assert.Equal(0, (await ProgramRun.OfAsync(["topics", "create", "t", .. Address])).ExitCode);
    }

    public async Task DisposeAsync() => await _broker!.DisposeAsync();

    [Fact]
    public async Task Producing_ends_with_Kafkas_line_and_a_table_of_latencies()
    {
        ProgramRun run = await ProgramRun.OfAsync(["perf-test", "produce", "t", "-n", "2000", "-s", "50", .. Address]);

        Assert.Equal(0, run.ExitCode);
        Match line = ProduceLine().Match(run.Lines[0]);
        Assert.True(line.Success, run.Output);
        Assert.Equal("2000", line.Groups["records"].Value);
        foreach (string column in (string[])["mean", "p50", "p95", "p99", "p99.9", "max"]) Assert.Contains(column, run.Output);
        // One record more was sent first, to learn of the topic.
        Assert.Equal(2001, await CountAsync());
    }

    [Fact]
    public async Task The_flags_of_Kafkas_tools_mean_the_same()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("payload"), "one|three");

        ProgramRun produced = await ProgramRun.OfAsync(
            "perf-test", "produce", "--topic", "t", "--num-records", "300", "--throughput", "100000", "--payload-file", folder.File("payload"),
            "--payload-delimiter", "|", "--warmup-records", "9", "--producer-props", "acks=all", $"bootstrap.servers={_broker!.BootstrapServers}", "linger.ms=1");
        ProgramRun consumed = await ProgramRun.OfAsync(
            ["perf-test", "consume", "--topic", "t", "--messages", "310", "--timeout", "5000", "--fetch-size", "100000", "--hide-header", .. Address]);
        ProgramRun values = await ProgramRun.OfAsync(["perf-test", "consume", "t", "-n", "310", "--json", .. Address]);
        ProgramRun endToEnd = await ProgramRun.OfAsync("perf-test", "e2e", _broker.BootstrapServers, "t", "20", "all", "10");

        Assert.All([produced, consumed, endToEnd], static run => Assert.Equal((0, ""), (run.ExitCode, run.Errors)));
        Assert.Equal("300", ProduceLine().Match(produced.Lines[0]).Groups["records"].Value);
        string[] row = consumed.Lines[0].Split(", ");
        Assert.Equal((10, "310"), (row.Length, row[4]));
        Assert.Matches(@"^Avg latency: \d+\.\d{4} ms$", endToEnd.Lines[0]);
        Assert.Matches(@"^Percentiles: 50th = \d+, 99th = \d+, 99\.9th = \d+$", endToEnd.Lines[1]);
        // A first record, nine to warm up, 300 in turn of 3 and 5 bytes.
        using JsonDocument json = JsonDocument.Parse(values.Output);
        Assert.Equal(3 + (5 * 3) + (4 * 5) + (150 * 8), json.RootElement.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task What_the_clients_measured_of_themselves_comes_last_as_lines_or_as_JSON()
    {
        await ProgramRun.OfAsync(["topics", "create", "metered", .. Address]);
        ProgramRun produced = await ProgramRun.OfAsync(["perf-test", "produce", "metered", "-n", "499", "--print-metrics", .. Address]);
        ProgramRun consumed = await ProgramRun.OfAsync(["perf-test", "consume", "metered", "-n", "500", "--print-metrics", "--json", .. Address]);

        Assert.Equal((0, 0), (produced.ExitCode, consumed.ExitCode));
        Assert.Matches(@"\nmessaging\.client\.sent\.messages:\{operation\.name=publish, destination\.name=metered, destination\.partition\.id=0\} +: 500\.000\n", produced.Output);
        Assert.Matches(@"\nmessaging\.client\.operation\.duration-avg-ms:\{[^}]*destination\.name=metered[^}]*\} +: \d+\.\d{3}\n", produced.Output);
        using JsonDocument json = JsonDocument.Parse(consumed.Output);
        JsonElement read = json.RootElement.GetProperty("metrics")
            .GetProperty("messaging.client.consumed.messages:{operation.name=receive, destination.name=metered, destination.partition.id=0}");
        Assert.Equal(500, read.GetDouble());
    }

    [Fact]
    public async Task Reading_names_its_columns_and_tells_when_fewer_came_than_asked_for()
    {
        await ProgramRun.OfAsync(["perf-test", "produce", "t", "-n", "99", .. Address]);
        ProgramRun run = await ProgramRun.OfAsync(["perf-test", "consume", "t", "-n", "101", "--timeout", "200", .. Address]);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec", run.Lines[0]);
        Assert.Equal("100", run.Lines[1].Split(", ")[4]);
        Assert.Contains("--timeout waits longer", run.Errors);
    }

    [Fact]
    public async Task A_member_of_a_group_tells_how_long_it_waited_for_its_partitions()
    {
        await using EmbeddedBroker prompt = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
        {
            Settings = new Dictionary<string, string> { ["group.initial.rebalance.delay.ms"] = "0" },
        });
        await ProgramRun.OfAsync("topics", "create", "t", "-b", prompt.BootstrapServers);
        await ProgramRun.OfAsync("perf-test", "produce", "t", "-n", "99", "-b", prompt.BootstrapServers);

        ProgramRun run = await ProgramRun.OfAsync("perf-test", "consume", "t", "-n", "100", "--group", "g", "-b", prompt.BootstrapServers);

        string[] row = run.Lines[1].Split(", ");
        Assert.Equal("100", row[4]);
        Assert.InRange(long.Parse(row[6]), 1, 60_000);
    }

    [Theory]
    [InlineData("produce", "records/s")]
    [InlineData("e2e", "Percentiles")]
    public async Task Json_goes_to_a_file_beside_the_lines_or_to_standard_output_alone(string verb, string kafkas)
    {
        using TemporaryFolder folder = new();
        ProgramRun both = await ProgramRun.OfAsync(["perf-test", verb, "t", "-n", "50", "--json", folder.File("result.json"), .. Address]);
        ProgramRun alone = await ProgramRun.OfAsync(["perf-test", verb, "t", "-n", "50", .. Address, "--json"]);

        Assert.Contains(kafkas, both.Output);
        foreach (string text in (string[])[File.ReadAllText(folder.File("result.json")), Assert.Single(alone.Lines)])
        {
            using JsonDocument json = JsonDocument.Parse(text);
            Assert.Equal((verb, 50), (json.RootElement.GetProperty("test").GetString(), json.RootElement.GetProperty("records").GetInt32()));
            JsonElement latency = json.RootElement.GetProperty("latencyMs");
            Assert.Equal(50, latency.GetProperty("count").GetInt32());
            Assert.InRange(latency.GetProperty("p99").GetDouble(), latency.GetProperty("p50").GetDouble(), latency.GetProperty("max").GetDouble());
        }
    }

    [Fact]
    public async Task Producing_that_is_stopped_tells_what_was_measured_until_then()
    {
        ProgramRun run = await ProgramRun.StoppedAtAsync(
            static line => !line.StartsWith("0 records", StringComparison.Ordinal),
            ["perf-test", "produce", "t", "-n", "1000000000", "--throughput", "1000", "--reporting-interval", "50", .. Address]);

        Assert.Equal(130, run.ExitCode);
        Match line = run.Lines.Select(static line => ProduceLine().Match(line)).Single(static match => match.Success);
        // Those that were under way are counted if they were acknowledged; a first record went before all.
        Assert.InRange(long.Parse(line.Groups["records"].Value), 1, await CountAsync() - 1);
    }

    [Fact]
    public async Task Reading_that_is_stopped_tells_what_was_measured_until_then()
    {
        await ProgramRun.OfAsync(["perf-test", "produce", "t", "-n", "99", .. Address]);

        ProgramRun run = await ProgramRun.StoppedAtAsync(
            static line => line.Split(", ") is [_, _, _, _, "100", ..],
            ["perf-test", "consume", "t", "-n", "1000000", "--timeout", "600000", "--show-detailed-stats", "--reporting-interval", "50", .. Address]);

        Assert.Equal(130, run.ExitCode);
        Assert.Contains(run.Lines, static line => line.Split(", ") is { Length: 10 } row && row[4] == "100" && row[1] != "0");
    }

    [Fact]
    public async Task What_stands_between_a_files_parts_may_be_any_bytes()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.File("payload"), [1, 2, 3, 0, 0xFF, 4, 0, 0xFF, 0, 0xFF, 5, 6]);

        ProgramRun produced = await ProgramRun.OfAsync(
            ["perf-test", "produce", "t", "-n", "3", "--payload-file", folder.File("payload"), "--payload-delimiter", "\\0\\xff", .. Address]);
        ProgramRun nothing = await ProgramRun.OfAsync(
            ["perf-test", "produce", "t", "-n", "3", "--payload-file", folder.File("payload"), "--payload-delimiter", "", .. Address]);
        ProgramRun values = await ProgramRun.OfAsync(["perf-test", "consume", "t", "-n", "4", "--json", .. Address]);

        Assert.Equal((0, 2), (produced.ExitCode, nothing.ExitCode));
        Assert.Contains("--payload-delimiter", nothing.Errors);
        using JsonDocument json = JsonDocument.Parse(values.Output);
        Assert.Equal(3 + 3 + 1 + 2, json.RootElement.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task What_is_refused_is_told_in_one_line()
    {
        ProgramRun large = await ProgramRun.OfAsync(["perf-test", "produce", "t", "-n", "3", "-s", "2000000", .. Address]);
        ProgramRun unknown = await ProgramRun.OfAsync(["perf-test", "produce", "t", "--producer-props", "ackz=all", "--num-records", "3", .. Address]);
        ProgramRun missing = await ProgramRun.OfAsync(["perf-test", "produce", "t", "--payload-file", "/no/such/file", .. Address]);

        Assert.Equal((1, 2, 1), (large.ExitCode, unknown.ExitCode, missing.ExitCode));
        Assert.Contains("max.request.size", large.Errors);
        Assert.Contains("the nearest one is acks", unknown.Errors);
        Assert.Contains("/no/such/file", missing.Errors);
    }

    private async Task<long> CountAsync()
    {
        ProgramRun run = await ProgramRun.OfAsync(["perf-test", "consume", "t", "--timeout", "200", "--hide-header", .. Address]);
        return long.Parse(run.Lines[0].Split(", ")[4]);
    }

    [GeneratedRegex(@"^(?<records>\d+) records sent, \d+\.\d{6} records/sec \(\d+\.\d\d MB/sec\), \d+\.\d\d ms avg latency, \d+\.\d\d ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.$")]
    private static partial Regex ProduceLine();
}
