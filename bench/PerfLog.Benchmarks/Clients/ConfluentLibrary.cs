using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace PerfLog.Benchmarks.Clients;

/// <summary>Sees to it that the packaged native library is measured, and not an older one of the system.</summary>
internal static class ConfluentLibrary
{
    private const string Version = "2.16.";

    // Every name that Confluent.Kafka tries leads to the packaged build with the fewest needs. It also asks for "libdl",
    // which newer systems have by number only.
    public static void Load()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/centos8-librdkafka.so");
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, _, _) =>
            name.Contains("rdkafka") ? NativeLibrary.Load(path)
            : name == "libdl" ? NativeLibrary.Load("libdl.so.2")
            : nint.Zero);
        if (!Library.Load(path)) throw new InvalidOperationException($"{path} could not be loaded.");
        if (!Library.VersionString.StartsWith(Version, StringComparison.Ordinal))
            throw new InvalidOperationException($"librdkafka {Library.VersionString} is loaded instead of {Version}");
    }
}
