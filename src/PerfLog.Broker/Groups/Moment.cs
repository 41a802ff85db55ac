namespace PerfLog.Broker.Groups;

/// <summary>
/// One moment by both clocks: timeouts count ticks, which nobody can set back; records carry the time of day.
/// </summary>
/// <param name="TickMs">Milliseconds on the clock that only goes forward.</param>
/// <param name="Wall">The time of day.</param>
internal readonly record struct Moment(long TickMs, TimestampMs Wall)
{
    /// <summary>The tick of what never comes.</summary>
    public const long Never = long.MaxValue;

    private const long MsPerSecond = 1_000;

    // In whole numbers: a clock that has run for long loses milliseconds in a floating-point one, and timers would fire early.
    public static Moment Now(TimeProvider time) =>
        new(time.GetTimestamp() / (time.TimestampFrequency / MsPerSecond), TimestampMs.Now(time));
}
