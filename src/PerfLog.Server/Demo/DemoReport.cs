using System.Globalization;
using HdrHistogram;
using PerfLog.Server.Output;
using Spectre.Console;

namespace PerfLog.Server.Demo;

/// <summary>Prints what a demo measured and where its files lie.</summary>
internal sealed class DemoReport(TextWriter output)
{
    private const double MicrosecondsPerMillisecond = 1000;

    public void WriteFigures(Measure sent, Measure read, HistogramBase produceMicroseconds)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("");
        foreach (string title in new[] { "records", "seconds", "records/s", "MB/s" })
            table.AddColumn(new TableColumn(title).RightAligned());
        AddRow(table, "sent", sent);
        AddRow(table, "read back and compared", read);
        Terminal.On(output).Write(table);
        if (produceMicroseconds.TotalCount > 0) WriteLatencies(produceMicroseconds);
    }

    public void WriteFiles(string folder, string logFile)
    {
        output.WriteLine($"The files lie in {folder}");
        output.WriteLine($"  look at them:  ./perflog dump-log --print-data-log {logFile}");
        output.WriteLine($"  remove them:   rm -r {folder}");
    }

    private static void AddRow(Table table, string what, Measure measure) => table.AddRow(
        what,
        Text(measure.Records, "N0"),
        Text(measure.Elapsed.TotalSeconds, "N2"),
        Text(measure.RecordsPerSecond, "N0"),
        Text(measure.MegabytesPerSecond, "N1"));

    private void WriteLatencies(HistogramBase microseconds)
    {
        string Percentile(double percentile) =>
            Text(microseconds.GetValueAtPercentile(percentile) / MicrosecondsPerMillisecond, "N2");

        output.WriteLine(
            $"{Text(microseconds.TotalCount, "N0")} produce requests, {BatchLimits.InFlightMax} at a time, until the answer: " +
            $"p50 {Percentile(50)} ms, p99 {Percentile(99)} ms, p99.9 {Percentile(99.9)} ms, max {Percentile(100)} ms");
    }

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
