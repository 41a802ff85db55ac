namespace PerfLog.Storage;

/// <summary>
/// The file <c>.kafka_cleanshutdown</c>: all logs of the directory were flushed and closed. It is taken away before anything
/// is appended, so that it never outlives what it promises.
/// </summary>
internal static class CleanShutdownMark
{
    private const string FileName = ".kafka_cleanshutdown";

    // The epoch is that of a broker's registration with a quorum; there is none here.
    private const string Content = """{"version":0,"brokerEpoch":-1}""";

    public static bool Exists(IStorageDevice device, string directory) => device.FileExists(Path.Combine(directory, FileName));

    public static void Write(IStorageDevice device, string directory) =>
        AtomicFile.Write(device, Path.Combine(directory, FileName), Content);

    public static void Remove(IStorageDevice device, string directory)
    {
        device.DeleteFile(Path.Combine(directory, FileName));
        device.FlushDirectory(directory);
    }
}
