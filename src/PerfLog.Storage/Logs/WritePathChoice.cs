using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>Decides how a directory's logs are written, if need be by trying both ways, and says so in the log.</summary>
internal static partial class WritePathChoice
{
    private const string ProbeName = "write-path-probe" + SegmentFiles.LogSuffix;
    private const int ProbeBytes = 32 * 1024 * 1024;
    private const int WriteBytes = 256 * 1024;

    // Direct writing gives something up, so it has to be clearly better.
    private const double WorthwhileShare = 0.8;

    /// <summary>What a directory's logs do unless their own options say otherwise.</summary>
    public static WritePath For(WritePath wanted, IStorageDevice device, string directory, ILogger logger)
    {
        (WritePath chosen, string reason) = wanted == WritePath.Auto ? Try(device, directory) : (wanted, "it is set so");
        LogChoice(logger, directory, chosen == WritePath.Direct ? "direct" : "cached", reason);
        return chosen;
    }

    private static (WritePath Chosen, string Reason) Try(IStorageDevice device, string directory)
    {
        string path = Path.Combine(directory, ProbeName);
        try
        {
            TimeSpan cached = Time(device, path, isDirect: false) ?? TimeSpan.Zero;
            if (Time(device, path, isDirect: true) is not { } direct) return (WritePath.Cached, "this device or its file system cannot write directly");
            bool isWorthwhile = direct < cached * WorthwhileShare;
            string measured = string.Create(
                CultureInfo.InvariantCulture,
                $"{ProbeBytes >> 20} MiB took {direct.TotalMilliseconds:0} ms directly and {cached.TotalMilliseconds:0} ms through the page cache, flush included");
            return (isWorthwhile ? WritePath.Direct : WritePath.Cached, measured);
        }
        catch (IOException failure)
        {
            return (WritePath.Cached, $"trying failed: {failure.Message}");
        }
        finally
        {
            device.DeleteFile(path);
        }
    }

    /// <returns>The time that the bytes took to the disk; null where it cannot be written that way.</returns>
    private static TimeSpan? Time(IStorageDevice device, string path, bool isDirect)
    {
        device.DeleteFile(path);
        using IStorageFile file = device.OpenFile(path, FileOpening.OrCreate);
        byte[] bytes = new byte[WriteBytes];
        int written = 0;
        if (isDirect)
        {
            // Small files are written through the page cache in any case.
            for (; !file.TryWriteDirectly(written); written += WriteBytes)
            {
                if (written == ProbeBytes) return null;
                file.Write(written, bytes);
            }
        }

        file.Preallocate(written + ProbeBytes);
        file.Flush();
        long began = Stopwatch.GetTimestamp();
        for (int end = written + ProbeBytes; written < end; written += WriteBytes) file.Write(written, bytes);
        file.Flush();
        return Stopwatch.GetElapsedTime(began);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Log directory {Directory}: write path {Path}, because {Reason}")]
    private static partial void LogChoice(ILogger logger, string directory, string path, string reason);
}
