namespace PerfLog.Interop.Samples;

/// <summary>A broker that makes topics of three partitions and does not wait before a group's first assignment.</summary>
public sealed class SampleBroker() : BrokerFixture("group.initial.rebalance.delay.ms=0", "num.partitions=3");

/// <summary>Goal: each sample that people copy from runs as a program of its own, and does what it says.</summary>
public sealed class SampleTests(SampleBroker broker) : IClassFixture<SampleBroker>
{
    private static readonly string Samples = TestSetup.Built("PerfLog.Samples");

    [Fact]
    public async Task Quick_start_reads_what_it_sent() =>
        Assert.Matches(@"^greetings-\d \d+: world = hello$", Assert.Single(await RunAsync("quick-start")));

    [Fact]
    public async Task Keyed_records_of_one_key_go_to_one_partition()
    {
        string[] lines = await RunAsync("keyed");

        Assert.Equal(["alice", "bob", "alice"], lines.Select(static line => line.Split(':')[0]));
        Assert.Equal(lines[0].Split(',')[0], lines[2].Split(',')[0]);
        Assert.NotEqual(lines[0], lines[2]);
    }

    [Fact]
    public async Task Urgent_records_have_the_first_partition_for_themselves()
    {
        await ForeignProgram.PerfLogAsync("topics", "create", "alarms", "--partitions", "3", "-b", broker.Address);
        await RunAsync("partitioner");

        ProgramResult read = await ForeignProgram.PerfLogAsync("consume", "alarms", "--from-beginning", "-e", "-p", "0", "-K", ":", "-b", broker.Address);
        Assert.Equal("urgent:fire", Assert.Single(read.Lines));
        ProgramResult others = await ForeignProgram.PerfLogAsync("consume", "alarms", "--from-beginning", "-e", "-f", "%p%k\\n", "-b", broker.Address);
        Assert.Contains(others.Lines, static line => line.EndsWith("kitchen", StringComparison.Ordinal) && line[0] != '0');
    }

    [Fact]
    public async Task Results_come_by_await_and_by_callback()
    {
        string[] lines = await RunAsync("results");

        Assert.Matches(@"^greetings-\d at \d+$", lines[0]);
        Assert.Matches(@"^written at \d+$", lines[1]);
    }

    [Fact]
    public async Task Assigned_partitions_are_read_to_their_end()
    {
        await RunAsync("simple");

        Assert.Matches(@"^greetings-0 is read to its end at \d+\.$", (await RunAsync("assign"))[^1]);
    }

    [Fact]
    public async Task What_is_read_is_committed()
    {
        await RunAsync("simple");
        string[] lines = await RunAsync("commits");

        Assert.Equal("All that was read is committed.", lines[^1]);
        ProgramResult group = await ForeignProgram.PerfLogAsync("groups", "describe", "samples-commits", "--json", "-b", broker.Address);
        Assert.InRange(lines.Length - 1, 10, int.MaxValue);
        Assert.Contains("greetings", group.ShouldSucceed().Output);
    }

    [Fact]
    public async Task A_rebalance_listener_hears_of_what_comes_and_goes()
    {
        await RunAsync("simple");
        string[] lines = await RunAsync("listener");

        Assert.StartsWith("got greetings-0", lines[0]);
        Assert.StartsWith("gave up greetings-0", lines[^1]);
    }

    [Fact]
    public async Task Control_c_wakes_a_consumer_that_leaves_its_group()
    {
        await RunAsync("simple");
        using RunningProgram sample = new(Samples, "shutdown", broker.Address);
        await sample.UntilAsync("hello");

        (string output, int exitCode) = await sample.InterruptAsync();
        Assert.Equal(0, exitCode);
        Assert.EndsWith("Stopping.", output.Trim());
        ProgramResult members = await ForeignProgram.PerfLogAsync("groups", "members", "samples-shutdown", "--json", "-b", broker.Address);
        Assert.Contains("\"members\":[]", members.ShouldSucceed().Output);
    }

    [Fact]
    public async Task The_admin_client_makes_topics_and_tells_how_many_records_they_have()
    {
        await using TemporaryBroker own = await TemporaryBroker.StartAsync();
        ProgramResult run = await ForeignProgram.ProgramAsync(Samples, "admin", own.Address);

        Assert.Equal(
            [
                "farewells-0: 0 records", "farewells: made with 1 partitions", "greetings-0: 0 records", "greetings-1: 0 records", "greetings-2: 0 records",
                "greetings: made with 3 partitions",
            ],
            run.ShouldSucceed().Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_typed_record_comes_back_as_object_and_view() =>
        Assert.Matches(@"^roof at .*: 21.5 degrees$", Assert.Single(await RunAsync("typed")));

    [Fact]
    public async Task A_hosted_worker_handles_what_its_host_sends_until_control_c()
    {
        using RunningProgram worker = new(
            TestSetup.Built("PerfLog.Samples.Worker"),
            "--Kafka:Producer:bootstrap.servers", broker.Address, "--Kafka:Consumer:bootstrap.servers", broker.Address,
            "--Kafka:Admin:bootstrap.servers", broker.Address);
        await worker.UntilAsync("world = hello 1");

        Assert.Equal(0, (await worker.InterruptAsync()).ExitCode);
    }

    [Fact]
    public async Task Without_a_name_the_samples_are_listed()
    {
        ProgramResult run = (await ForeignProgram.ProgramAsync(Samples)).ShouldFail(2);

        foreach (string name in (string[])["quick-start", "simple", "keyed", "results", "partitioner", "assign", "commits", "listener", "shutdown", "admin", "typed"])
            Assert.Contains(name, run.Errors);
    }

    private async Task<string[]> RunAsync(string sample) => (await ForeignProgram.ProgramAsync(Samples, sample, broker.Address)).ShouldSucceed().Lines;

    /// <summary>A broker for one test.</summary>
    private sealed class TemporaryBroker(TemporaryFolder folder, BrokerProcess process) : IAsyncDisposable
    {
        public string Address => process.Address;

        public static async Task<TemporaryBroker> StartAsync()
        {
            TemporaryFolder folder = new();
            return new TemporaryBroker(folder, await BrokerProcess.StartAsync(folder.Path));
        }

        public async ValueTask DisposeAsync()
        {
            await process.DisposeAsync();
            folder.Dispose();
        }
    }
}
