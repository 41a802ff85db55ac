using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace PerfLog.Interop;

/// <summary>What is fixed at build time, and the choice of the native client library before anything can use another.</summary>
internal static class TestSetup
{
    public static string ProgramPath => Metadata("ProgramPath");

    public static string ScriptsFolder => Metadata("ScriptsFolder");

    public static string SamplesFolder => Metadata("SamplesFolder");

    public static string ArtifactsFolder => Metadata("ArtifactsFolder");

    /// <summary>A program that was built with the tests.</summary>
    public static string Built(string project) => Path.Combine(ArtifactsFolder, "bin", project, Metadata("Configuration"), project);

    // Confluent.Kafka looks for several builds of its library by name, and a system's older one can be found first: so every
    // name leads to the packaged build with the fewest needs. It also asks for "libdl", which newer systems have by number only.
    [ModuleInitializer]
    internal static void LoadPackagedLibrary()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return;
        string path = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/centos8-librdkafka.so");
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, _, _) =>
            name.Contains("rdkafka") ? NativeLibrary.Load(path)
            : name == "libdl" ? NativeLibrary.Load("libdl.so.2")
            : nint.Zero);
        if (!Library.Load(path)) throw new InvalidOperationException($"{path} could not be loaded.");
    }

    private static string Metadata(string key) =>
        typeof(TestSetup).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == key).Value!;
}
