using System.Globalization;
using PerfLog.Server.Output;
using PerfLog.Server.PerfTest;
using Spectre.Console;

namespace PerfLog.Server.Demo;

/// <summary>Prints what a demo measured and where its files lie.</summary>
internal sealed class DemoReport(TextWriter output)
{
    public void WriteFigures(Measure sent, Measure read, LatencySummary produced)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("");
        foreach (string title in new[] { "records", "seconds", "records/s", "MB/s" })
            table.AddColumn(new TableColumn(title).RightAligned());
        AddRow(table, "sent", sent);
        AddRow(table, "read back and compared", read);
        Terminal.On(output).Write(table);
        if (produced.Count > 0) WriteLatencies(produced);
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

    private void WriteLatencies(in LatencySummary produced) => output.WriteLine(
        $"{Text(produced.Count, "N0")} produce requests, {BatchLimits.InFlightMax} at a time, until the answer: " +
        $"p50 {Text(produced.P50Ms, "N2")} ms, p99 {Text(produced.P99Ms, "N2")} ms, p99.9 {Text(produced.P999Ms, "N2")} ms, max {Text(produced.MaxMs, "N2")} ms");

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
