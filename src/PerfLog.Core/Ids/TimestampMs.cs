namespace PerfLog;

/// <summary>Milliseconds since 1970-01-01 UTC, as records carry them.</summary>
public readonly record struct TimestampMs(long Value) : IComparable<TimestampMs>
{
    /// <summary>"No timestamp", as the protocol writes it.</summary>
    public static readonly TimestampMs None = new(-1);

    public static TimestampMs Now(TimeProvider time) => new(time.GetUtcNow().ToUnixTimeMilliseconds());

    public static TimestampMs operator +(TimestampMs time, long milliseconds) => new(time.Value + milliseconds);

    public static bool operator <(TimestampMs left, TimestampMs right) => left.Value < right.Value;

    public static bool operator >(TimestampMs left, TimestampMs right) => left.Value > right.Value;

    public static bool operator <=(TimestampMs left, TimestampMs right) => left.Value <= right.Value;

    public static bool operator >=(TimestampMs left, TimestampMs right) => left.Value >= right.Value;

    public int CompareTo(TimestampMs other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}
