using System.Text;

namespace PerfLog.Storage;

/// <summary>
/// Replaces small files so that a crash leaves the old content or the new, never a part: a file beside it is written and
/// flushed, takes the name, and the directory is flushed.
/// </summary>
internal static class AtomicFile
{
    public const string TemporarySuffix = ".tmp";

    public static void Write(IStorageDevice device, string path, string text) =>
        Write(device, path, Encoding.UTF8.GetBytes(text));

    public static void Write(IStorageDevice device, string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = path + TemporarySuffix;
        using (IStorageFile file = device.OpenFile(temporary, FileOpening.OrCreate))
        {
            file.SetLength(0);
            file.Write(0, bytes);
            file.Flush();
        }

        device.RenameFile(temporary, path);
        device.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>The whole file; null when there is none.</summary>
    public static byte[]? Read(IStorageDevice device, string path)
    {
        if (!device.FileExists(path)) return null;
        using IStorageFile file = device.OpenFile(path, FileOpening.Existing);
        byte[] bytes = new byte[file.Length];
        return bytes.AsSpan(0, file.Read(0, bytes)).ToArray();
    }

    public static string? ReadText(IStorageDevice device, string path) =>
        Read(device, path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
