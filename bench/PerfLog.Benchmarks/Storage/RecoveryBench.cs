using BenchmarkDotNet.Attributes;
using PerfLog.Hashing;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>
/// Opening a log of 48 MiB after a crash, when all of it must be looked at, and after a clean stop, beside reading and summing
/// as many bytes of a file.
/// </summary>
[MemoryDiagnoser]
public class RecoveryBench
{
    private const int LogBytes = 48 * 1024 * 1024;
    private const int BlockBytes = 256 * 1024;

    private readonly byte[] _block = new byte[BlockBytes];
    private readonly DirectoryInfo _template = Directory.CreateTempSubdirectory("perflog-bench-");
    private DirectoryInfo _folder = null!;
    private RecordLog? _opened;

    [Params(100, 1024)]
    public int ValueBytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        using var log = new OwnLog();
        log.Fill(ValueBytes, LogBytes);

        // As it lies there before the directory is closed: as after a crash.
        Copy(log.Folder, _template.FullName);
        File.WriteAllText(Path.Combine(_template.FullName, "recovery-point-offset-checkpoint"), "0\n0\n");
    }

    [GlobalCleanup]
    public void Remove() => _template.Delete(recursive: true);

    [IterationSetup(Targets = [nameof(ReadAndSum), nameof(OpenAfterCrash)])]
    public void Crash()
    {
        _folder = Directory.CreateTempSubdirectory("perflog-bench-");
        Copy(_template.FullName, _folder.FullName);
    }

    [IterationSetup(Target = nameof(OpenAfterStop))]
    public void Stop()
    {
        Crash();
        OwnLog.Open(_folder.FullName, LogOptions.Default).DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [IterationCleanup]
    public void Close()
    {
        _opened?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _opened = null;
        _folder.Delete(recursive: true);
    }

    [Benchmark(Baseline = true)]
    public uint ReadAndSum()
    {
        uint sum = 0;
        using var file = File.OpenHandle(Directory.GetFiles(_folder.FullName, "*.log", SearchOption.AllDirectories).Single());
        int read;
        for (long position = 0; (read = RandomAccess.Read(file, _block, position)) > 0; position += read) sum ^= Crc32C.Compute(_block.AsSpan(0, read));
        return sum;
    }

    [Benchmark]
    public Offset OpenAfterCrash() => Open();

    [Benchmark]
    public Offset OpenAfterStop() => Open();

    private Offset Open()
    {
        _opened = OwnLog.Open(_folder.FullName, LogOptions.Default);
        return _opened.EndOffset.Value == LogBytes / ValueBytes ? _opened.EndOffset : throw new InvalidDataException($"The log ends at {_opened.EndOffset}.");
    }

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from)) Copy(folder, Directory.CreateDirectory(Path.Combine(to, Path.GetFileName(folder))).FullName);
        foreach (string file in Directory.GetFiles(from).Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal))) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
