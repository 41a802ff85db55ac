using System.Diagnostics;

namespace PerfLog.Interop;

/// <summary>Ctrl-C, wherever the program is.</summary>
public sealed class InterruptTests
{
    private const int Interrupted = 130;

    /// <summary>Enough records that the demo never ends by itself within a test.</summary>
    private const string Endless = "1000000000";

    [Theory]
    [InlineData("A broker on ")]
    [InlineData("Sending 10 %")]
    public async Task A_demo_stops_cleanly_and_says_where_its_files_lie(string reached)
    {
        string records = reached.StartsWith("Sending") ? "5000000" : Endless;
        using Process demo = Start("demo", "--records", records, "--record-size", "100");
        string output = await ReadUntilAsync(demo.StandardOutput, reached);
        Signals.Send(demo.Id, Signals.Interrupt);
        output += await Limits.WithinAsync("the end of the demo", demo.StandardOutput.ReadToEndAsync());
        await demo.WaitForExitAsync();

        string folder = output.Split('\n').Single(static line => line.StartsWith("The files lie in ")).Split(' ')[^1].Trim();
        bool isCleanlyStopped = File.Exists(Path.Combine(folder, ".kafka_cleanshutdown"));
        Directory.Delete(folder, recursive: true);
        Assert.Equal(Interrupted, demo.ExitCode);
        Assert.True(isCleanlyStopped, "There is no clean-shutdown mark.");
        Assert.Equal("perflog: stopped.", (await demo.StandardError.ReadToEndAsync()).Trim());
    }

    [Fact]
    public async Task A_broker_stops_cleanly()
    {
        using var folder = new TemporaryFolder();
        using Process broker = Start("start", "--listener", "127.0.0.1:0", "--data-dir", folder.Path);
        await ReadUntilAsync(broker.StandardOutput, "ready on");
        Signals.Send(broker.Id, Signals.Interrupt);
        await Limits.WithinAsync("the end of the broker", broker.StandardOutput.ReadToEndAsync());
        await broker.WaitForExitAsync();

        Assert.Equal(0, broker.ExitCode);
        Assert.True(File.Exists(folder.File(".kafka_cleanshutdown")), "There is no clean-shutdown mark.");
    }

    [Fact]
    public async Task A_producer_that_waits_for_its_input_ends_and_what_it_was_given_is_sent()
    {
        using TemporaryFolder folder = new();
        await using BrokerProcess broker = await BrokerProcess.StartAsync(folder.Path, 0);
        using Process producer = Start("produce", "typed", "-b", broker.Address);
        await producer.StandardInput.WriteAsync("one\ntwo\n");
        await producer.StandardInput.FlushAsync();
        await WaitForAsync(broker.Address, "typed", "one\ntwo\n");
        Signals.Send(producer.Id, Signals.Interrupt);
        string told = await Limits.WithinAsync("the end of the producer", producer.StandardError.ReadToEndAsync());
        await producer.WaitForExitAsync();

        Assert.Equal(Interrupted, producer.ExitCode);
        Assert.Equal("2 records written to typed.\nperflog: stopped.", told.Trim());
    }

    [Fact]
    public async Task A_check_tells_of_what_it_wrote_until_then()
    {
        using TemporaryFolder folder = new();
        await using BrokerProcess broker = await BrokerProcess.StartAsync(folder.Path, 0);
        (await ForeignProgram.PerfLogAsync("topics", "create", "checked", "-b", broker.Address)).ShouldSucceed();
        using Process check = Start("verify", "checked", "-n", Endless, "-b", broker.Address);
        await WaitForAsync(broker.Address, "checked", expected: null);
        Signals.Send(check.Id, Signals.Interrupt);
        string told = await Limits.WithinAsync("the end of the check", check.StandardOutput.ReadToEndAsync());
        await check.WaitForExitAsync();

        Assert.Equal(Interrupted, check.ExitCode);
        Assert.Matches(@"^[1-9]\d* records: 0 refused, 0 lost, 0 repeated, 0 out of order\.$", told.Trim());
        Assert.False(told.StartsWith($"{Endless} ", StringComparison.Ordinal), told);
    }

    [Theory]
    [InlineData("consume piped --from-beginning -b $BROKER")]
    [InlineData("perf-test consume piped -n 1000000000 --timeout 60000 --show-detailed-stats --reporting-interval 10 -b $BROKER")]
    [InlineData("perf-test produce piped -n 1000000000 --reporting-interval 10 -b $BROKER")]
    public async Task A_command_whose_output_nobody_reads_any_more_ends_in_silence(string command)
    {
        using TemporaryFolder folder = new();
        await using BrokerProcess broker = await BrokerProcess.StartAsync(folder.Path, 0);
        (await ForeignProgram.PerfLogAsync("perf-test", "produce", "piped", "-n", "200000", "-b", broker.Address)).ShouldSucceed();
        string line = command.Replace("$BROKER", broker.Address, StringComparison.Ordinal);

        ProgramResult piped = await ForeignProgram.ProgramAsync("bash", "-c", $"{TestSetup.ProgramPath} {line} | head -c 1 > /dev/null; exit ${{PIPESTATUS[0]}}");

        piped.ShouldFail(141);
        Assert.Equal("", piped.Errors);
    }

    /// <summary>Waits until a topic holds just this; until it holds anything where null.</summary>
    private static async Task WaitForAsync(string address, string topic, string? expected)
    {
        string read = "";
        for (int attempt = 0; attempt < 60; attempt++)
        {
            read = (await ForeignProgram.PerfLogAsync("consume", topic, "--from-beginning", "-e", "-c", "100", "-b", address)).Output;
            if (expected is null ? read.Length > 0 : read == expected) return;
        }

        Assert.Fail($"{topic} holds '{read}'.");
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(TestSetup.ProgramPath, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("perflog could not be started.");

    private static async Task<string> ReadUntilAsync(StreamReader output, string expected)
    {
        string read = "";
        while (!read.Contains(expected))
        {
            string? line = await Limits.WithinAsync($"'{expected}' in the output", output.ReadLineAsync());
            Assert.True(line is not null, $"The program ended before it said '{expected}':\n{read}");
            read += line + "\n";
        }

        return read;
    }
}
