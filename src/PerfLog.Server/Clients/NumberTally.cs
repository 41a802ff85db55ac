using System.Collections;

namespace PerfLog.Server.Clients;

/// <summary>
/// Compares the numbers that were written with those that were read: number n belongs to partition n modulo their number, each
/// once, rising. A number whose sending failed may be there or not. Sending and reading may be on different threads, but reading begins
/// when every record's fate is known.
/// </summary>
internal sealed class NumberTally(int records, int partitions)
{
    private readonly BitArray _seen = new(records);
    private readonly HashSet<long> _refused = [];
    private readonly long[] _last = [.. Enumerable.Repeat(-1L, partitions)];
    private long _acknowledgedSeen;

    /// <summary>How many of the records were written: the first ones, all unless the writing was ended early.</summary>
    public long Written { get; set; } = records;

    /// <summary>Records whose sending failed.</summary>
    public int Refused => _refused.Count;

    /// <summary>Acknowledged, but not there.</summary>
    public long Lost => Written - _refused.Count - _acknowledgedSeen;

    /// <summary>There once more than they should be.</summary>
    public long Repeated { get; private set; }

    /// <summary>There behind a later one of their partition.</summary>
    public long Reordered { get; private set; }

    /// <summary>Not among what was written, or in another partition: somebody else writes to the topic, or bytes were changed.</summary>
    public long Foreign { get; private set; }

    public bool IsGood => Lost + Repeated + Reordered == 0;

    public void Refuse(long number)
    {
        lock (_refused) _refused.Add(number);
    }

    public void Read(int partition, long number)
    {
        if (number < 0 || number >= Written || number % partitions != partition)
        {
            Foreign++;
            return;
        }

        if (_seen[(int)number])
        {
            Repeated++;
            return;
        }

        _seen[(int)number] = true;
        if (!_refused.Contains(number)) _acknowledgedSeen++;
        if (number < _last[partition]) Reordered++;
        else _last[partition] = number;
    }

    public override string ToString() =>
        $"{Written} records: {Refused} refused, {Lost} lost, {Repeated} repeated, {Reordered} out of order"
            + (Foreign == 0 ? "." : $"; {Foreign} records are of somebody else.");
}
