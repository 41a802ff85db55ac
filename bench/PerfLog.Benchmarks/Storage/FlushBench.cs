using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>
/// One durable write of 1 KiB, by two system calls and by one io_uring submission in which the flush is linked to the write;
/// and a write of 1 KiB to each of 64 files, made durable one file after the other, by one submission, and by four threads.
/// All files are laid out and written beforehand.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
public unsafe class FlushBench
{
    private const int Files = 64;
    private const int ValueBytes = 1024;
    private const int FileBytes = 1024 * 1024;
    private const int Threads = 4;
    private const string One = "one file", Many = "64 files";

    private static readonly ParallelOptions FourThreads = new() { MaxDegreeOfParallelism = Threads };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("perflog-bench-");
    private readonly SafeFileHandle[] _files = new SafeFileHandle[Files];
    private readonly byte* _value = (byte*)NativeMemory.AllocZeroed(ValueBytes);
    private Ring? _ring;
    private long _position;

    private ReadOnlySpan<byte> Value => new(_value, ValueBytes);

    [GlobalSetup]
    public void Open()
    {
        if (!Ring.TryCreate(Files, out _ring, out string? refusal)) throw new IOException(refusal);
        byte[] content = new byte[FileBytes];
        for (int i = 0; i < Files; i++)
        {
            _files[i] = File.OpenHandle(Path.Combine(_folder.FullName, $"{i}"), FileMode.Create, FileAccess.Write);
            RandomAccess.Write(_files[i], content, 0);
            RandomAccess.FlushToDisk(_files[i]);
        }
    }

    [GlobalCleanup]
    public void Close()
    {
        _ring?.Dispose();
        foreach (SafeFileHandle file in _files) file.Dispose();
        NativeMemory.Free(_value);
        _folder.Delete(recursive: true);
    }

    [Benchmark(Baseline = true), BenchmarkCategory(One)]
    public void WriteThenFlush()
    {
        RandomAccess.Write(_files[0], Value, NextPosition());
        RandomAccess.FlushToDisk(_files[0]);
    }

    [Benchmark, BenchmarkCategory(One)]
    public void WriteLinkedToFlush()
    {
        int descriptor = (int)_files[0].DangerousGetHandle();
        _ring!.QueueWrite(descriptor, NextPosition(), _value, ValueBytes, tag: 0, linksNext: true);
        _ring.QueueFlush(descriptor, tag: 1);
        Complete(2);
    }

    [Benchmark(Baseline = true), BenchmarkCategory(Many)]
    public void OneAfterTheOther()
    {
        WriteAll();
        foreach (SafeFileHandle file in _files) RandomAccess.FlushToDisk(file);
    }

    [Benchmark, BenchmarkCategory(Many)]
    public void OneSubmission()
    {
        WriteAll();
        for (int i = 0; i < Files; i++) _ring!.QueueFlush((int)_files[i].DangerousGetHandle(), (ulong)i);
        Complete(Files);
    }

    [Benchmark, BenchmarkCategory(Many)]
    public void ByFourThreads()
    {
        WriteAll();
        Parallel.ForEach(_files, FourThreads, static file => RandomAccess.FlushToDisk(file));
    }

    private void WriteAll()
    {
        long position = NextPosition();
        foreach (SafeFileHandle file in _files) RandomAccess.Write(file, Value, position);
    }

    private long NextPosition() => _position = (_position + ValueBytes) % FileBytes;

    private void Complete(int count)
    {
        _ring!.Submit(waitFor: count);
        while (_ring.TryTake(out RingCompletion completion))
        {
            if (completion.Result < 0) throw new IOException(Marshal.GetPInvokeErrorMessage(-completion.Result));
        }
    }
}
