using System.CommandLine;
using PerfLog.Server.PerfTest;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog perf-test produce|consume|e2e</c>, and what the three have in common.</summary>
internal static class PerfTestCommand
{
    public static Command Create() => new("perf-test", "Measure a cluster with this program's own clients.")
    {
        PerfTestProduceCommand.Create(), PerfTestConsumeCommand.Create(), PerfTestEndToEndCommand.Create(),
    };

    public static Argument<string> Topic() => new("TOPIC") { Description = "The topic, also as --topic TOPIC." };

    public static Option<long> Records(string description, long number) =>
        new Option<long>("--num-records", "--records", "-n") { Description = description, DefaultValueFactory = _ => number }.Within(1);

    public static Option<int> Size() =>
        new Option<int>("--record-size", "-s") { Description = "The bytes of a record's value.", DefaultValueFactory = static _ => 100 }.Within(0);

    public static Option<long> WarmUp() =>
        new Option<long>("--warmup-records") { Description = "So many records go first and are not measured.", DefaultValueFactory = static _ => 0 }.Within(0);

    public static Option<int> Interval() => new Option<int>("--reporting-interval")
    {
        Description = "Milliseconds between two lines of progress where there is no terminal.", DefaultValueFactory = static _ => 5000,
    }.Within(1);

    public static Option<string?> Json() => new("--json")
    {
        Description = "Write the result as JSON: to FILE, or without one to standard output in place of the lines for people.",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "FILE",
    };

    public static Option<bool> Metrics() => new("--print-metrics") { Description = "Also what the client measured of itself; measuring takes some of its time." };

    public static PerfReport Report(ParseResult invocation, Option<string?> json, Option<bool>? metrics = null) => new(
        invocation.InvocationConfiguration.Output,
        invocation.GetResult(json) is null ? null : invocation.GetValue(json) ?? "",
        metrics is not null && invocation.GetValue(metrics) ? new ClientMetrics() : null);

    public static PerfView View(ParseResult invocation, PerfReport report, int intervalMs, Func<PerfWindow, string>? line) => PerfView.On(
        report.Lines, invocation.InvocationConfiguration.Error, TimeSpan.FromMilliseconds(Math.Max(intervalMs, 1)), line);

    /// <summary>Measures and tells the result, also that of a measurement which Ctrl-C ended early.</summary>
    public static async Task RunAsync(
        PerfReport report, PerfView view, Func<PerfView, CancellationToken, Task<PerfResult>> measure, CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        report.Write(await measure(view with { OutputClosed = stop.Cancel }, stop.Token));
        cancellation.ThrowIfCancellationRequested();
    }
}
