namespace PerfLog.Server.Tests.Hosting;

public sealed class BrokerHostTests
{
    [Fact]
    public async Task The_line_that_tells_of_its_being_ready_names_every_data_directory()
    {
        using TemporaryFolder folder = new();
        string first = folder.File("first"), second = folder.File("second");

        ProgramRun run = await ProgramRun.StoppedAtAsync(
            static line => line.StartsWith("PerfLog is ready", StringComparison.Ordinal),
            "start", "--listener", "127.0.0.1:0", "--set", $"log.dirs={first},{second}");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^PerfLog is ready on 127\.0\.0\.1:\d+, data in ", run.Lines[0]);
        Assert.EndsWith($", data in {first}, {second}", run.Lines[0].TrimEnd(), StringComparison.Ordinal);
        Assert.True(Directory.Exists(first) && Directory.Exists(second));
    }
}
