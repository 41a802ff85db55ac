using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>
/// Single records appended by one thread and by more, until all are written, beside one thread that copies the same bytes
/// together and writes them 64 KiB at a time. A time is that of one record, whoever appended it.
/// </summary>
[MemoryDiagnoser]
public class RecordAppendBench
{
    private const int Records = 256 * 1024;
    private const int PieceBytes = 64 * 1024;

    private readonly byte[] _piece = new byte[PieceBytes];
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"perflog-bench-{Environment.ProcessId}.records");
    private byte[] _value = [];
    private OwnLog? _log;
    private SafeFileHandle? _file;
    private long _filePosition;

    [Params(100, 1024)]
    public int ValueBytes { get; set; }

    [Params(1, 2, 4)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _value = new byte[ValueBytes];
        new Random(1).NextBytes(_value);
        _log = new OwnLog(new LogOptions { Preallocate = true });
        OpenFile();
    }

    [GlobalCleanup]
    public void Close()
    {
        _log!.Dispose();
        _file!.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Records)]
    public void CopyAndWrite()
    {
        int filled = 0;
        for (int i = 0; i < Records; i++)
        {
            if (filled + ValueBytes > PieceBytes) filled = Write(filled);
            _value.CopyTo(_piece, filled);
            filled += ValueBytes;
        }

        Write(filled);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public void Append()
    {
        var others = new Thread[Threads - 1];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(AppendShare);
            others[i].Start();
        }

        AppendShare();
        foreach (Thread other in others) other.Join();
        ValueTask written = _log!.Log.WaitWrittenAsync(_log.Log.NextOffset - 1);
        if (!written.IsCompleted) written.AsTask().GetAwaiter().GetResult();
        _log.DropFullSegments();
    }

    private void AppendShare()
    {
        RecordLog log = _log!.Log;
        for (int i = 0; i < Records / Threads; i++) log.Append(_value);
    }

    private int Write(int bytes)
    {
        if (_filePosition + bytes > OwnLog.SegmentBytes) OpenFile();
        RandomAccess.Write(_file!, _piece.AsSpan(0, bytes), _filePosition);
        _filePosition += bytes;
        return 0;
    }

    // Pages that are in memory already cost a third of new ones, which a log that grows always takes.
    private void OpenFile()
    {
        _file?.Dispose();
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose, OwnLog.SegmentBytes);
        _filePosition = 0;
    }
}
