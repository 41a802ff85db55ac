using System.Diagnostics;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>
/// What all figures of a run share: the plan, a folder for data that is removed at the end, and the starting of the
/// broker under test and of the baselines, each in a process of its own.
/// </summary>
internal sealed class Bench : IDisposable
{
    private readonly string _program;
    private readonly Action<string> _progress;
    private readonly DirectoryInfo _folder;
    private int _paths;

    public Bench(MeasurementPlan plan, string program, Action<string> progress)
    {
        Plan = plan;
        _program = program;
        _progress = progress;
        if (!File.Exists(program)) throw new IOException($"{program}, the program to measure, is not there.");
        _folder = Directory.CreateTempSubdirectory("perflog-bench-");
        RequireDiskSpace();
    }

    public MeasurementPlan Plan { get; }

    public string Folder => _folder.FullName;

    /// <summary>A name in the run's folder that nothing else has.</summary>
    public string NewPath(string stem) => Path.Combine(Folder, $"{stem}-{++_paths}");

    /// <param name="dataFolder">Where its data lies.</param>
    /// <param name="settings">Settings that differ from the defaults, as key=value.</param>
    public ServerProcess StartBroker(string dataFolder, params IEnumerable<string> settings) => ServerProcess.Start(
        _program,
        port => ["start", "--listener", $"127.0.0.1:{port}", "--data-dir", dataFolder, .. settings.SelectMany(static setting => new[] { "--set", setting })]);

    public ServerProcess StartBaseline(string kind, params IEnumerable<string> arguments) => ServerProcess.Start(
        Environment.ProcessPath!, port => ["baseline", kind, $"{port}", .. arguments]);

    /// <summary>Rounds of measurements that write much: the disk comes to rest before each.</summary>
    public InterleavedRounds DiskRounds() =>
        new(Plan.Rounds, WriteBack, _progress, Plan.WarmUpRounds) { TurnsOrder = true };

    /// <summary>Rounds of measurements that move much and write nothing.</summary>
    public InterleavedRounds TransferRounds() => new(Plan.Rounds, GC.Collect, _progress, Plan.WarmUpRounds);

    /// <summary>The same for measurements that write so much, each round in the other order than the one before.</summary>
    /// <param name="rounds">Those that count.</param>
    /// <param name="warmUpRounds">Go before them.</param>
    public InterleavedRounds TurningRounds(int rounds, int warmUpRounds) =>
        new(rounds, WriteBack, _progress, warmUpRounds) { TurnsOrder = true };

    public InterleavedRounds Rounds() => new(Plan.Rounds, GC.Collect, _progress);

    public InterleavedRounds StartRounds() => new(Plan.StartRounds, GC.Collect, _progress);

    /// <summary>Creates a topic of one partition and waits until it takes records.</summary>
    public static void CreateTopic(FrameConnection connection, string topic)
    {
        connection.Send(RequestFrames.CreateTopic(topic, partitions: 1));
        Answers.CreatedTopic(connection.ReceiveFrame());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Writes out what earlier measurements left in the page cache, which otherwise slows the next one.</summary>
    private void WriteBack()
    {
        using Process sync = Process.Start("sync", ["-f", Folder]);
        sync.WaitForExit();
    }

    private void RequireDiskSpace()
    {
        long free = new DriveInfo(Folder).AvailableFreeSpace;
        if (free >= Plan.DiskBytes) return;
        _folder.Delete();
        throw new IOException(
            $"{Folder} has {free >> 20} MiB free; a {Plan.Name} run needs {Plan.DiskBytes >> 20}. "
            + "TMPDIR names another folder.");
    }
}
