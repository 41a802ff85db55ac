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

    public static Moment Now(TimeProvider time) =>
        new((long)time.GetElapsedTime(0).TotalMilliseconds, TimestampMs.Now(time));
}
