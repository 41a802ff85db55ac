namespace PerfLog;

/// <summary>A byte's place in a segment file. Segments are below 2 GiB, so 31 bits are enough.</summary>
public readonly record struct FilePosition(int Value) : IComparable<FilePosition>
{
    public static FilePosition operator +(FilePosition position, int bytes) => new(checked(position.Value + bytes));

    public static bool operator <(FilePosition left, FilePosition right) => left.Value < right.Value;

    public static bool operator >(FilePosition left, FilePosition right) => left.Value > right.Value;

    public static bool operator <=(FilePosition left, FilePosition right) => left.Value <= right.Value;

    public static bool operator >=(FilePosition left, FilePosition right) => left.Value >= right.Value;

    public int CompareTo(FilePosition other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}
