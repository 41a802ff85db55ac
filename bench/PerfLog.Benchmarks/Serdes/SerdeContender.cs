using System.Diagnostics;

namespace PerfLog.Benchmarks.Serdes;

/// <summary>One serializer with its values of one shape, ready to be measured. One thread.</summary>
internal abstract class SerdeContender(string name)
{
    private const int BufferBytes = 64 * 1024;

    public string Name { get; } = name;

    /// <summary>The mean size of its records.</summary>
    public double RecordBytes { get; protected init; }

    protected PlainWriter Buffer { get; } = new(BufferBytes);

    /// <summary>Does one thing with each of the values so many times.</summary>
    public abstract long Run(SerdeTask task, int times);

    /// <summary>Nanoseconds for a record.</summary>
    public double Measure(SerdeTask task, int times, int values)
    {
        long began = Stopwatch.GetTimestamp();
        Run(task, times);
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / ((double)times * values);
    }

    /// <summary>Bytes allocated for a record.</summary>
    public double Allocated(SerdeTask task, int times, int values)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(task, times);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / ((double)times * values);
    }
}

/// <summary>What is measured.</summary>
internal enum SerdeTask
{
    Write,
    Read,

    /// <summary>Reads and looks at every field: through a view where there is one.</summary>
    Look,
}

/// <inheritdoc/>
internal sealed class SerdeContender<T, TPeer> : SerdeContender
    where TPeer : struct, ISerdePeer<T>
{
    private readonly T[] _values;
    private readonly ReadOnlyMemory<byte>[] _written;
    private readonly TPeer _peer;
    private readonly Func<ReadOnlyMemory<byte>[], long> _look;

    /// <param name="name">What the reader sees.</param>
    /// <param name="values">The values to write.</param>
    /// <param name="peer">The serializer.</param>
    /// <param name="sum">Looks at each field of a value.</param>
    /// <param name="look">Looks at each field of each record, in its own way; null for reading it and then looking.</param>
    public SerdeContender(string name, T[] values, TPeer peer, Func<T, long> sum, Func<ReadOnlyMemory<byte>[], long>? look = null)
        : base(name)
    {
        _values = values;
        _peer = peer;
        _written = [.. values.Select(Bytes)];
        _look = look ?? (records => Sum(records, sum));
        RecordBytes = _written.Average(static record => record.Length);
        Check(sum);
    }

    public override long Run(SerdeTask task, int times)
    {
        long sum = 0;
        for (int time = 0; time < times; time++)
        {
            sum += task switch
            {
                SerdeTask.Write => WriteAll(),
                SerdeTask.Read => ReadAll(),
                _ => _look(_written),
            };
        }

        return sum;
    }

    private long WriteAll()
    {
        long bytes = 0;
        foreach (T value in _values)
        {
            Buffer.Reset();
            _peer.Write(value, Buffer);
            bytes += Buffer.Written;
        }

        return bytes;
    }

    private long ReadAll()
    {
        long read = 0;
        foreach (ReadOnlyMemory<byte> record in _written)
        {
            if (_peer.Read(record) is not null) read++;
        }

        return read;
    }

    private long Sum(ReadOnlyMemory<byte>[] records, Func<T, long> sum)
    {
        long total = 0;
        foreach (ReadOnlyMemory<byte> record in records) total += sum(_peer.Read(record));
        return total;
    }

    private ReadOnlyMemory<byte> Bytes(T value)
    {
        Buffer.Reset();
        _peer.Write(value, Buffer);
        return Buffer.WrittenSpan.ToArray();
    }

    /// <summary>What was written must read as what it was, by its sum and by being written again.</summary>
    private void Check(Func<T, long> sum)
    {
        for (int index = 0; index < _values.Length; index++)
        {
            T read = _peer.Read(_written[index]);
            if (sum(read) != sum(_values[index]) || !Bytes(read).Span.SequenceEqual(_written[index].Span))
                throw new InvalidDataException($"{Name} did not read what it wrote of {typeof(T).Name}.");
        }

        if (_look(_written) != _values.Sum(sum)) throw new InvalidDataException($"{Name} saw other fields than it wrote of {typeof(T).Name}.");
    }
}
