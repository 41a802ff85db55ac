using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using PerfLog.Client;

namespace PerfLog.Server.PerfTest;

/// <summary>
/// Listens to what this process's clients measure of themselves, for <c>--print-metrics</c>. Without one they measure nothing. Clients tell
/// it from any thread; it is read when they are done.
/// </summary>
internal sealed class ClientMetrics : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public ClientMetrics()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ClientTelemetry.Name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Lines as Kafka's tools print them: a name with its tags, and a value.</summary>
    public void Write(TextWriter output)
    {
        lock (_lock)
        {
            List<(string Name, double Value)> rows = [.. _series.SelectMany(static series => series.Value.Rows(series.Key))];
            int width = rows.Select(static row => row.Name.Length).DefaultIfEmpty().Max();
            output.WriteLine();
            output.WriteLine($"{"Metric Name".PadRight(width)}   Value");
            foreach ((string name, double value) in rows)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name.PadRight(width)} : {value:F3}"));
        }
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        lock (_lock)
        {
            json.WriteStartObject("metrics");
            foreach ((string name, double value) in _series.SelectMany(static series => series.Value.Rows(series.Key))) json.WriteNumber(name, value);
            json.WriteEndObject();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            string name = Name(instrument, tags);
            if (!_series.TryGetValue(name, out Series? series)) _series.Add(name, series = new Series(instrument is Histogram<double>));
            series.Add(value);
        }
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<string> texts = [];
        foreach ((string key, object? value) in tags)
        {
            // What every measurement of this program says alike is left out.
            if (key is not ("messaging.system" or "messaging.operation.type"))
                texts.Add($"{key.Replace("messaging.", "", StringComparison.Ordinal)}={value}");
        }

        return $"{instrument.Name}:{{{string.Join(", ", texts)}}}";
    }

    /// <summary>What one instrument said with one set of tags.</summary>
    private sealed class Series(bool isDistribution)
    {
        private double _sum;
        private double _max;
        private long _count;

        public void Add(double value)
        {
            _sum += value;
            _count++;
            _max = Math.Max(_max, value);
        }

        public IEnumerable<(string Name, double Value)> Rows(string name)
        {
            if (!isDistribution) return [(name, _sum)];
            int tags = name.IndexOf(':', StringComparison.Ordinal);
            string Named(string what) => $"{name[..tags]}-{what}{name[tags..]}";

            // Times are told in seconds; milliseconds are what the other lines have.
            return [(Named("count"), _count), (Named("avg-ms"), _sum / _count * 1000), (Named("max-ms"), _max * 1000)];
        }
    }
}
