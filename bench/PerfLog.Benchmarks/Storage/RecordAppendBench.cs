using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>
/// 48 MiB of single records appended by one thread and by more, until all are written, beside one thread that copies the same
/// bytes together and writes them 64 KiB at a time.
/// </summary>
[MemoryDiagnoser]
public class RecordAppendBench
{
    private const int Bytes = 48 * 1024 * 1024;
    private const int WarmRecords = 50_000;
    private const int PieceBytes = 64 * 1024;

    private readonly byte[] _piece = new byte[PieceBytes];
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"perflog-bench-{Environment.ProcessId}.records");
    private byte[] _value = [];
    private OwnLog? _log;
    private ReadyMemory? _memory;
    private SafeFileHandle? _file;
    private long _filePosition;

    [Params(100, 1024)]
    public int ValueBytes { get; set; }

    [Params(1, 2, 4)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void MakeMemoryReady() => _memory = new ReadyMemory(ReadyMemory.DefaultGib);

    [GlobalCleanup]
    public void GiveMemoryBack() => _memory!.Dispose();

    /// <summary>Each measurement has a file of its own: removing what others left is no part of it.</summary>
    [IterationSetup]
    public void Open()
    {
        _value = new byte[ValueBytes];
        new Random(1).NextBytes(_value);
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose, Bytes);
        _filePosition = 0;
        _log = new OwnLog(new LogOptions { Preallocate = true }, 2 * Bytes);
        for (int i = 0; i < WarmRecords; i++) _log.Log.Append(_value);
        _log.Log.Flush();
    }

    [IterationCleanup]
    public void Close()
    {
        _log!.Dispose();
        _file!.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void CopyAndWrite()
    {
        int filled = 0;
        for (int i = 0; i < Bytes / ValueBytes; i++)
        {
            if (filled + ValueBytes > PieceBytes) filled = Write(filled);
            _value.CopyTo(_piece, filled);
            filled += ValueBytes;
        }

        Write(filled);
    }

    [Benchmark]
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
    }

    private void AppendShare()
    {
        RecordLog log = _log!.Log;
        for (int i = 0; i < Bytes / ValueBytes / Threads; i++) log.Append(_value);
    }

    private int Write(int bytes)
    {
        RandomAccess.Write(_file!, _piece.AsSpan(0, bytes), _filePosition);
        _filePosition += bytes;
        return 0;
    }
}
