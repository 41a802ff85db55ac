using System.Globalization;
using PerfLog.Server.Output;
using Spectre.Console;

namespace PerfLog.Server.PerfTest;

/// <summary>Where a measurement's result goes: Kafka's lines and a table for people, JSON for programs.</summary>
/// <param name="output">Standard output.</param>
/// <param name="jsonFile">Where JSON goes besides; empty for standard output, which then has nothing else; null for nowhere.</param>
/// <param name="metrics">What the clients measured of themselves; null where nobody asked for it.</param>
internal sealed class PerfReport(TextWriter output, string? jsonFile, ClientMetrics? metrics = null) : IDisposable
{
    /// <summary>Where lines for people go while the measurement runs.</summary>
    public TextWriter Lines => jsonFile is "" ? TextWriter.Null : output;

    public void Write(PerfResult result)
    {
        if (jsonFile is "")
        {
            JsonOutput.Write(output, json => result.WriteJson(json, metrics));
            return;
        }

        foreach (string line in result.KafkaLines) output.WriteLine(line);
        if (result.Latency.Count > 0) WriteTable(result);
        metrics?.Write(output);
        if (jsonFile is null) return;
        using StreamWriter file = new(jsonFile);
        JsonOutput.Write(file, json => result.WriteJson(json, metrics));
    }

    public void Dispose() => metrics?.Dispose();

    private void WriteTable(PerfResult result)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn(Markup.Escape($"{result.LatencyOf}, ms"));
        foreach (string column in (string[])["mean", "p50", "p95", "p99", "p99.9", "max"])
            table.AddColumn(new TableColumn(column).RightAligned());
        LatencySummary latency = result.Latency;
        table.AddRow(
            [
                latency.Count.ToString("N0", CultureInfo.InvariantCulture),
                .. new[] { latency.MeanMs, latency.P50Ms, latency.P95Ms, latency.P99Ms, latency.P999Ms, latency.MaxMs }
                    .Select(static milliseconds => milliseconds.ToString("N3", CultureInfo.InvariantCulture)),
            ]);
        Terminal.On(output).Write(table);
    }
}
