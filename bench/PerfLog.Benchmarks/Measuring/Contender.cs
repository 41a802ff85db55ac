namespace PerfLog.Benchmarks.Measuring;

/// <summary>One of those compared in a run: the thing under test or a baseline.</summary>
/// <param name="Name">What the reader sees.</param>
/// <param name="Measure">Does one round and returns what it gave.</param>
internal sealed record Contender<T>(string Name, Func<T> Measure);
