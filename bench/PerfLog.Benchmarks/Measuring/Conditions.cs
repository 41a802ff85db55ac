using System.Globalization;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>Where, when and of what a run was made: what a reader needs to judge its figures. Immutable.</summary>
/// <param name="Mode">How long the figures were measured.</param>
/// <param name="BusyPercent">How busy the machine was with other things just before the run.</param>
internal sealed record Conditions(Machine Machine, string Commit, DateTimeOffset Date, string Mode, double BusyPercent)
{
    // Above this other programs take enough of two cores to move even ratios.
    private const double QuietBusyPercentMax = 10;

    /// <summary>The free memory that was kept within the machine; see <see cref="ReadyMemory"/>.</summary>
    public double ReadyMemoryGib { get; init; }

    public bool WasQuiet => BusyPercent <= QuietBusyPercentMax;

    private string Ready => ReadyMemoryGib > 0 ? string.Create(CultureInfo.InvariantCulture, $", {ReadyMemoryGib} GiB of free memory made ready") : "";

    public string ToMarkdown() => string.Create(CultureInfo.InvariantCulture, $"""
        {Machine}.
        Commit {Commit}, {Date.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Mode} run,
        {(WasQuiet ? "on a quiet machine" : "**while the machine was busy with other work**")} ({BusyPercent:0} % busy just before){Ready}.

        """);
}
