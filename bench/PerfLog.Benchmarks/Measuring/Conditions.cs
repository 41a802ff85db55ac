using System.Globalization;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>Where, when and of what a run was made: what a reader needs to judge its figures. Immutable.</summary>
/// <param name="Mode">How long the figures were measured.</param>
/// <param name="BusyPercent">How busy the machine was with other things just before the run.</param>
internal sealed record Conditions(Machine Machine, string Commit, DateTimeOffset Date, string Mode, double BusyPercent)
{
    // Above this other programs take enough of two cores to move even ratios.
    private const double QuietBusyPercentMax = 10;

    /// <summary>The memory that was kept from the measured; see <see cref="HeldMemory"/>.</summary>
    public double HeldGib { get; init; }

    public bool WasQuiet => BusyPercent <= QuietBusyPercentMax;

    private string Held => HeldGib > 0 ? string.Create(CultureInfo.InvariantCulture, $", {HeldGib} GiB of its memory held") : "";

    public string ToMarkdown() => string.Create(CultureInfo.InvariantCulture, $"""
        {Machine}.
        Commit {Commit}, {Date.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Mode} run,
        {(WasQuiet ? "on a quiet machine" : "**while the machine was busy with other work**")} ({BusyPercent:0} % busy just before){Held}.

        """);
}
