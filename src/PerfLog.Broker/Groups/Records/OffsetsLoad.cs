using System.Buffers;
using PerfLog.Buffers;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Broker.Groups;

/// <summary>
/// One reading of a partition of the offsets' topic, from its start to what is committed now. One thread; nobody else
/// sees the partition's groups before it is done.
/// </summary>
internal sealed class OffsetsLoad : IDisposable
{
    private const int DecompressedBytesMax = 256 * 1024 * 1024;

    private readonly OffsetsPartition _home;
    private readonly GroupRuntime _runtime;
    private readonly GroupReplay _replay;
    private readonly GrowingBuffer _scratch = new(DecompressedBytesMax);
    private byte[] _buffer;

    public OffsetsLoad(OffsetsPartition home, GroupSettings settings, GroupRuntime runtime)
    {
        _home = home;
        _runtime = runtime;
        _replay = new GroupReplay(home, settings);
        _buffer = ArrayPool<byte>.Shared.Rent(settings.LoadBufferBytes);
    }

    public long RecordsRead { get; private set; }

    /// <summary>Reads, and opens the partition for clients.</summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public void Run(Func<bool> isCancelled)
    {
        PartitionLog log = _home.Partition.Log;
        Offset end = log.HighWatermark;
        for (Offset next = log.LogStartOffset; next < end && !isCancelled();)
        {
            Offset reached = ReadFrom(log, next, end);
            if (reached == next) break;
            next = reached;
        }

        if (!isCancelled()) _replay.Finish(_runtime);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _scratch.Dispose();
    }

    /// <returns>The offset to go on at; the same when nothing is left.</returns>
    private Offset ReadFrom(PartitionLog log, Offset from, Offset end)
    {
        LogReadResult read = log.Read(from, _buffer.Length, end, atLeastOneBatch: true);
        if (read.Error != ErrorCode.None) throw new IOException($"{log.Partition} cannot be read at {from}: {read.Error}.");
        if (read.Region.IsEmpty) return from;
        int bytes;
        try
        {
            MakeRoom(read.Region.Length);
            bytes = read.Region.CopyTo(_buffer);
        }
        finally
        {
            read.Region.Release();
        }

        return Replay(_buffer.AsSpan(0, bytes), from);
    }

    private Offset Replay(ReadOnlySpan<byte> bytes, Offset from)
    {
        Offset next = from;
        var batches = new RecordBatchReader(bytes);
        while (batches.MoveNext())
        {
            RecordBatchView batch = batches.Current;
            next = batch.LastOffset + 1;
            if (!batch.IsControl) Replay(batch);
        }

        if (batches.Error != ErrorCode.None) throw new IOException($"{_home.Partition.Id} has a bad batch at {next}: {batches.Fault}.");
        return next;
    }

    private void Replay(RecordBatchView batch)
    {
        if (!RecordBatchReader.TryOpen(batch, _scratch, DecompressedBytesMax, out RecordEnumerator records, out string? fault))
            throw new IOException($"{_home.Partition.Id} has a batch at {batch.BaseOffset} that cannot be opened: {fault}.");
        while (records.MoveNext())
        {
            RecordView record = records.Current;
            RecordsRead++;
            if (record.Key.HasValue) _replay.Apply(record);
        }
    }

    private void MakeRoom(int bytes)
    {
        if (bytes <= _buffer.Length) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _buffer = ArrayPool<byte>.Shared.Rent(bytes);
    }
}
