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

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(TestSetup.ProgramPath, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
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
