using System.Diagnostics;
using System.Globalization;
using PerfLog.Broker;

namespace PerfLog.Benchmarks.Broker.Embedded;

/// <summary>
/// "embedded-starts [FOLDER]": starts and stops brokers in this process, one after the other, and prints the milliseconds
/// that each took to start. The first one of a process has its code compiled, which the later ones find done.
/// </summary>
internal static class EmbeddedStarts
{
    public const string Verb = "embedded-starts";
    private const int Starts = 11;

    public static async Task RunAsync(ReadOnlyMemory<string> arguments)
    {
        string? folder = arguments.IsEmpty ? null : arguments.Span[0];
        for (int start = 0; start < Starts; start++)
        {
            var options = new EmbeddedBrokerOptions { DataDirectory = folder is null ? null : Path.Combine(folder, $"{start}") };
            long began = Stopwatch.GetTimestamp();
            await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(options);
            Console.WriteLine(Stopwatch.GetElapsedTime(began).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Lets a new process do it.</summary>
    /// <param name="folder">Where the brokers keep their data; null for memory.</param>
    public static StartTimes Observe(string? folder)
    {
        string[] arguments = folder is null ? [Verb] : [Verb, folder];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{Verb} ended with {process.ExitCode}.");
        double[] milliseconds = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => double.Parse(line, CultureInfo.InvariantCulture))];
        return new StartTimes(milliseconds[0], new Measuring.Samples(milliseconds[1..]).Median);
    }
}

/// <summary>The milliseconds that a broker took to start: the first in its process, and the median of later ones.</summary>
internal readonly record struct StartTimes(double First, double Later);
