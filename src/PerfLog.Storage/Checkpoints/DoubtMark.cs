namespace PerfLog.Storage;

/// <summary>
/// The file <c>.write-failed</c>: a write or a flush failed, and the page cache may hold bytes that it takes for written and
/// that are not on the disk. No later flush brings them there. So the next opening writes what it checks once more.
/// </summary>
/// <remarks>It is never flushed: when the power goes off, the doubtful pages are gone as well.</remarks>
internal static class DoubtMark
{
    private const string FileName = ".write-failed";

    public static bool Exists(IStorageDevice device, string directory) => device.FileExists(PathIn(directory));

    public static void TryLeave(IStorageDevice device, string directory)
    {
        try
        {
            device.OpenFile(PathIn(directory), FileOpening.OrCreate).Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Where not even a name can be made, nothing can be written after the next opening either.
        }
    }

    public static void Remove(IStorageDevice device, string directory) => device.DeleteFile(PathIn(directory));

    private static string PathIn(string directory) => Path.Combine(directory, FileName);
}
