using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using PerfLog.Records;

namespace PerfLog.Server.Dump;

/// <summary>
/// Reads a segment's log file batch by batch, without the storage engine: a dump must show a file as it is, also a
/// broken one, and also while a broker writes it.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly byte[] _header = new byte[RecordBatchLayout.HeaderBytes];
    private byte[] _batch = new byte[64 * 1024];

    public SegmentReader(string path)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        LengthBytes = RandomAccess.GetLength(_file);
    }

    public long LengthBytes { get; }

    /// <summary>The batch read last. It is valid until the next read.</summary>
    public RecordBatchView Batch => new(_batch.AsSpan(0, BatchBytes));

    public int BatchBytes { get; private set; }

    /// <summary>Where the batch read last starts.</summary>
    public long Position { get; private set; }

    /// <summary>What stopped the reader before the end of the file; null at a good end.</summary>
    public string? Fault { get; private set; }

    /// <summary>Bytes after the last batch that are reserved and not yet written.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Reads the batch at a position. False at the end of the file and at a batch that cannot be there.</summary>
    public bool TryRead(long position)
    {
        Fault = null;
        Position = position;
        if (position >= LengthBytes) return false;
        int available = RandomAccess.Read(_file, _header, position);
        if (available < RecordBatchLayout.HeaderBytes || _header[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
            return StopAt(position, available);

        long sizeBytes = RecordBatchLayout.LengthPrefixBytes
            + (long)BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(RecordBatchLayout.BatchLength));
        if (sizeBytes < RecordBatchLayout.HeaderBytes)
            return Stop($"the batch's length field says {sizeBytes - RecordBatchLayout.LengthPrefixBytes}, less than a header");
        if (sizeBytes > LengthBytes - position)
            return Stop($"the file ends inside a batch of {sizeBytes} bytes, {LengthBytes - position} are there");
        ReadBatch(position, (int)sizeBytes);
        return true;
    }

    /// <summary>Reads the batch after the last one.</summary>
    public bool TryReadNext() => TryRead(Position + BatchBytes);

    public void Dispose() => _file.Dispose();

    private void ReadBatch(long position, int sizeBytes)
    {
        if (_batch.Length < sizeBytes) _batch = GC.AllocateUninitializedArray<byte>(sizeBytes);
        BatchBytes = sizeBytes;
        for (int done = 0; done < sizeBytes;)
        {
            int read = RandomAccess.Read(_file, _batch.AsSpan(done, sizeBytes - done), position + done);
            if (read == 0) throw new IOException("the file became shorter while it was read");
            done += read;
        }
    }

    private bool StopAt(long position, int available)
    {
        if (RestIsZero(position))
        {
            ReservedBytes = LengthBytes - position;
            return false;
        }

        if (available < RecordBatchLayout.HeaderBytes) return Stop($"{available} bytes are left, less than a batch's header");
        return Stop($"magic is {_header[RecordBatchLayout.Magic]}, not {RecordBatchLayout.CurrentMagic}");
    }

    private bool RestIsZero(long position)
    {
        for (int read; (read = RandomAccess.Read(_file, _batch, position)) > 0; position += read)
        {
            if (_batch.AsSpan(0, read).ContainsAnyExcept((byte)0)) return false;
        }

        return true;
    }

    private bool Stop(string fault)
    {
        Fault = fault;
        return false;
    }
}
