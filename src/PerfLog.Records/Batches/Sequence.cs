namespace PerfLog.Records;

/// <summary>A producer's sequence numbers: 0 to 2147483647 and then 0 again.</summary>
public static class Sequence
{
    /// <summary>The sequence so many records after another.</summary>
    public static int Add(int sequence, int count) => (int)(((long)sequence + count) & int.MaxValue);
}
