namespace PerfLog.Benchmarks.Clients;

/// <summary>Knows which of the numbers from 0 on have come. For one thread.</summary>
internal sealed class ArrivalCheck(int records, int valueBytes)
{
    private readonly bool[] _seen = new bool[records];
    private readonly byte[] _made = NumberedValue.Make(valueBytes);

    public int Count { get; private set; }

    public void Take(ReadOnlySpan<byte> value)
    {
        if (!NumberedValue.IsWhole(value, _made)) throw new InvalidDataException("A record came with other bytes than it was sent with.");
        Take(NumberedValue.NumberOf(value));
    }

    public void Take(long number)
    {
        if ((ulong)number >= (ulong)_seen.Length) throw new InvalidDataException($"Record {number} came, which was never sent.");
        if (_seen[number]) throw new InvalidDataException($"Record {number} came twice.");
        _seen[number] = true;
        Count++;
    }

    public void RequireAll()
    {
        if (Count != _seen.Length) throw new InvalidDataException($"{_seen.Length - Count} of {_seen.Length} records did not come.");
    }

    /// <summary>What a count and a sum say of numbers that were not looked at one by one.</summary>
    public static void RequireSum(int records, long sum)
    {
        long expected = (long)records * (records - 1) / 2;
        if (sum != expected) throw new InvalidDataException($"{records} records came whose numbers add up to {sum} instead of {expected}.");
    }
}
