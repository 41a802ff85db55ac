using Confluent.Kafka;

namespace PerfLog.Interop;

public sealed class DumpLogCommandTests
{
    [Fact]
    public async Task Every_file_of_a_real_log_is_shown_and_sound_while_the_broker_runs_and_after()
    {
        using var folder = new TemporaryFolder();
        await using BrokerProcess broker = await BrokerProcess.StartAsync(folder.Path);
        await Clients.CreateTopicAsync(broker.Address, "dumped", configs: new() { ["segment.bytes"] = "200000" });
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address, static config =>
        {
            config.EnableIdempotence = true;
            config.BatchNumMessages = 20;
        }))
        {
            await Clients.SendAsync(producer, "dumped", Enumerable.Range(0, 3000).Select(static number => $"{number} {new string('z', 200)}"));
        }

        ProgramResult running = (await DumpAsync(folder)).ShouldSucceed();
        Assert.Equal(0, await broker.TerminateAsync());
        ProgramResult stopped = (await DumpAsync(folder)).ShouldSucceed();

        Assert.All(new[] { running, stopped }, static dump =>
            Assert.Equal(3000, dump.Lines.Count(static line => line.StartsWith("| offset: "))));
        Assert.Contains("| offset: 2999 ", stopped.Output);
        Assert.Contains("producerEpoch: 0", stopped.Output);
        Assert.Contains(stopped.Lines, static line => line.EndsWith(".snapshot"));
        Assert.Contains(stopped.Lines, static line => line.StartsWith("timestamp: "));
    }

    [Fact]
    public async Task A_damaged_log_is_told_with_file_and_position_and_cut_at_the_next_start()
    {
        using var folder = new TemporaryFolder();
        await using BrokerProcess broker = await BrokerProcess.StartAsync(folder.Path);
        await Clients.CreateTopicAsync(broker.Address, "damaged");
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address))
        {
            await Clients.SendAsync(producer, "damaged", ["kept"]);
            await Clients.SendAsync(producer, "damaged", ["torn"]);
        }

        await broker.KillAsync();
        string log = Path.Combine(folder.Path, "damaged-0", new string('0', 20) + ".log");
        byte[] bytes = File.ReadAllBytes(log);
        int tornValue = bytes.AsSpan().IndexOf("torn"u8);
        bytes[tornValue] ^= 1;
        File.WriteAllBytes(log, bytes);

        ProgramResult dump = (await ForeignProgram.PerfLogAsync("dump-log", log)).ShouldFail(1);
        await using BrokerProcess second = await BrokerProcess.StartAsync(folder.Path);

        Assert.Contains($"{log} at byte ", dump.Errors);
        Assert.Equal(["kept"], Clients.ReadToEnd(second.Address, "damaged").Select(static record => record.Message.Value));
    }

    private static Task<ProgramResult> DumpAsync(TemporaryFolder folder)
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(folder.Path, "dumped-0"))
            .Where(static file => Path.GetExtension(file) is ".log" or ".index" or ".timeindex" or ".snapshot")];
        return ForeignProgram.PerfLogAsync(["dump-log", "--print-data-log", .. files]);
    }
}
