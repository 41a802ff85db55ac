using PerfLog.Broker;

namespace PerfLog.Server.Tests.Commands;

/// <summary>Goal: what is read is what was asked for: one topic, or those that a pattern matches.</summary>
public sealed class ConsumeCommandTests
{
    [Fact]
    public async Task A_pattern_reads_the_topics_whose_whole_name_it_matches()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
        {
            Settings = new Dictionary<string, string> { ["group.initial.rebalance.delay.ms"] = "0" },
        });
        string[] address = ["-b", broker.BootstrapServers];
        foreach (string topic in (string[])["orders-a", "orders-b", "more-orders-c", "bills"])
        {
            await ProgramRun.OfAsync(["topics", "create", topic, .. address]);
            await ProgramRun.OfAsync(["perf-test", "produce", topic, "-n", "9", .. address]);
        }

        ProgramRun read = await ProgramRun.OfAsync(["consume", "--include", "orders-.,bills", "-G", "g", "--from-beginning", "-e", "-f", "", .. address]);
        ProgramRun positions = await ProgramRun.OfAsync(["groups", "describe", "g", .. address]);

        // Ten in each: a first record went before the nine.
        Assert.Equal((0, ""), (read.ExitCode, read.Errors));
        Assert.All((string[])["orders-a", "orders-b", "bills"], topic => Assert.Matches($@"\b{topic}\s+0\s+10\b", positions.Output));
        Assert.DoesNotContain("more-orders-c", positions.Output);
        Assert.Equal(0, (await ProgramRun.OfAsync(["consume", "--include", "orders-.", "--from-beginning", "-e", "-f", "", .. address])).ExitCode);
    }

    [Theory]
    [InlineData]
    [InlineData("t", "--include", "t")]
    [InlineData("--include", "t", "-p", "0")]
    public async Task Either_a_topic_or_a_pattern_says_what_to_read(params string[] arguments)
    {
        ProgramRun run = await ProgramRun.OfAsync(["consume", .. arguments]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--include", run.Errors);
    }

    [Fact]
    public async Task A_pattern_that_is_none_is_told_in_one_line()
    {
        ProgramRun run = await ProgramRun.OfAsync("consume", "--include", "(", "-b", "127.0.0.1:1");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("perflog: --include:", run.Errors, StringComparison.Ordinal);
    }
}
