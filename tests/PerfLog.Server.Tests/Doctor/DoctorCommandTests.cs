using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PerfLog.Storage;
using PerfLog.Testing.Storage;

namespace PerfLog.Server.Tests.Doctor;

public sealed class DoctorCommandTests : IDisposable
{
    private const int Batches = 20;

    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private string Log => Path.Combine(Data, "topic-0", "00000000000000000000.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_directory_is_said_to_be_so()
    {
        await FillAsync();

        ProgramRun run = await ProgramRun.OfAsync("doctor", Data);

        Assert.Equal((0, $"1 logs, {Batches} good batches: nothing is wrong."), (run.ExitCode, run.Lines[^1]));
    }

    [Fact]
    public async Task A_damaged_log_is_told_and_left_alone_until_it_is_repaired()
    {
        await FillAsync();
        Damage();
        byte[] damaged = File.ReadAllBytes(Log);

        ProgramRun told = await ProgramRun.OfAsync("doctor", Data);
        Assert.Equal(1, told.ExitCode);
        Assert.StartsWith("PROBLEM  topic-0/00000000000000000000.log: bytes 0 to ", told.Lines[0], StringComparison.Ordinal);
        Assert.Contains("It loses the records at offsets 0 to 0, unreadable already.", told.Lines[1], StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllBytes(Log));

        ProgramRun repaired = await ProgramRun.OfAsync("doctor", "--repair", Data);
        Assert.Equal(0, repaired.ExitCode);
        Assert.EndsWith("all repaired.", repaired.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.OfAsync("doctor", Data)).ExitCode);
        Assert.True(File.ReadAllBytes(Log).Length < damaged.Length);
    }

    [Fact]
    public async Task Programs_get_one_object()
    {
        await FillAsync();
        Damage();

        ProgramRun run = await ProgramRun.OfAsync("doctor", Data, "--json", "--salvage", _folder.File("saved"));

        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement root = json.RootElement;
        Assert.Equal((1, 1), (run.ExitCode, root.GetProperty("logs").GetInt32()));
        Assert.Equal(Batches - 1, root.GetProperty("salvagedBatches").GetInt64());
        JsonElement finding = root.GetProperty("findings")[0];
        Assert.Equal("problem", finding.GetProperty("severity").GetString());
        Assert.Equal("topic-0/00000000000000000000.log", finding.GetProperty("path").GetString());
        Assert.Equal(0, (await ProgramRun.OfAsync("doctor", _folder.File("saved"))).ExitCode);
    }

    [Fact]
    public async Task Reading_that_is_stopped_ends_where_it_is_and_tells_of_nothing()
    {
        const int LargeBatches = 48, LargeBytes = 1_000_000;
        await FillAsync(LargeBatches, LargeBytes);

        ProgramRun run = await ProgramRun.StoppedAtAsync(static line => line.StartsWith("Reading ", StringComparison.Ordinal), "doctor", Data);

        Assert.Equal((130, ""), (run.ExitCode, run.Output));
        string[] told = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, told.Length);
        Assert.Matches("^Reading [1-5]0 %$", told[0].TrimEnd());
        Assert.Equal("perflog: stopped.", told[1].TrimEnd());
    }

    [Fact]
    public async Task A_directory_that_is_in_use_or_not_there_cannot_be_read()
    {
        await using (LogDirectory open = await OpenAsync())
        {
            ProgramRun used = await ProgramRun.OfAsync("doctor", Data);
            Assert.Equal(2, used.ExitCode);
            Assert.Contains("in use by another process", used.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await ProgramRun.OfAsync("doctor", _folder.File("nowhere"))).ExitCode);
    }

    private async Task FillAsync(int batches = Batches, int valueBytes = 10)
    {
        await using LogDirectory directory = await OpenAsync();
        PartitionLog log = directory.Create(new TopicPartition("topic", 0), new Uuid(1, 2), LogOptions.Default);
        for (int i = 0; i < batches; i++) await log.AppendAsync(TestBatch.Of(1, valueBytes: valueBytes), new LeaderEpoch(0));
    }

    private async Task<LogDirectory> OpenAsync() => await LogDirectory.OpenAsync(
        TestDirectory.SettingsFor(Data), new VectoredDevice(), static _ => LogOptions.Default, TimeProvider.System, NullLogger.Instance);

    private void Damage()
    {
        byte[] bytes = File.ReadAllBytes(Log);
        bytes[70] ^= 1;
        File.WriteAllBytes(Log, bytes);
    }
}
