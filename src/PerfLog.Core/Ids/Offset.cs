namespace PerfLog;

/// <summary>A record's place in a partition. Dense, starts at 0, never reused.</summary>
public readonly record struct Offset(long Value) : IComparable<Offset>
{
    /// <summary>"No offset", as the protocol writes it.</summary>
    public static readonly Offset None = new(-1);

    /// <summary>The first offset of every partition.</summary>
    public static readonly Offset Zero = new(0);

    public static Offset operator +(Offset offset, long count) => new(offset.Value + count);

    public static Offset operator -(Offset offset, long count) => new(offset.Value - count);

    /// <summary>The number of offsets from <paramref name="right"/> up to <paramref name="left"/>.</summary>
    public static long operator -(Offset left, Offset right) => left.Value - right.Value;

    public static bool operator <(Offset left, Offset right) => left.Value < right.Value;

    public static bool operator >(Offset left, Offset right) => left.Value > right.Value;

    public static bool operator <=(Offset left, Offset right) => left.Value <= right.Value;

    public static bool operator >=(Offset left, Offset right) => left.Value >= right.Value;

    public static Offset Min(Offset left, Offset right) => left.Value <= right.Value ? left : right;

    public static Offset Max(Offset left, Offset right) => left.Value >= right.Value ? left : right;

    public int CompareTo(Offset other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}
