using System.Runtime.InteropServices;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>What the figures were measured on. Read from /proc; immutable.</summary>
internal sealed record Machine(
    string Cpu, int Cores, string Kernel, string FileSystem, long MemoryMegabytes, string Runtime)
{
    /// <param name="folder">Lies on the file system that the data goes to.</param>
    public static Machine Describe(string folder) => new(
        ValueIn("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}",
        FileSystemOf(folder),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        RuntimeInformation.FrameworkDescription);

    public override string ToString() =>
        $"{Cpu}, {Cores} cores, {MemoryMegabytes} MiB, {Kernel}, {FileSystem}, {Runtime}";

    private static string? ValueIn(string file, string key) =>
        File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;

    /// <summary>The mount with the longest path that leads to the folder.</summary>
    private static string FileSystemOf(string folder)
    {
        string path = Path.GetFullPath(folder);
        string[]? mount = File.ReadLines("/proc/mounts")
            .Select(static line => line.Split(' '))
            .Where(fields => path == fields[1] || path.StartsWith(fields[1].TrimEnd('/') + "/", StringComparison.Ordinal))
            .MaxBy(static fields => fields[1].Length);
        return mount is null ? "unknown file system" : $"{mount[2]} on {mount[0]}";
    }
}
