using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>
/// A log as a program that embeds the engine has it, in a temporary folder, which goes when it is disposed. It keeps about a
/// segment's worth of records, since nobody knows how many a measurement appends.
/// </summary>
internal sealed class OwnLog : IDisposable
{
    public const int SegmentBytes = 64 * 1024 * 1024;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("perflog-bench-");

    public OwnLog(LogOptions? options = null, int segmentBytes = SegmentBytes) => Log = Open(Folder, options ?? LogOptions.Default, segmentBytes);

    public RecordLog Log { get; }

    public string Folder => _folder.FullName;

    public static RecordLog Open(string folder, LogOptions options, int segmentBytes = SegmentBytes) => RecordLog.OpenAsync(
        folder, options with { SegmentBytes = segmentBytes, FileDeleteDelayMs = 0 }).AsTask().GetAwaiter().GetResult();

    /// <summary>Appends as many records of that size as make so many bytes.</summary>
    public void Fill(int recordBytes, int bytes)
    {
        byte[] value = new byte[recordBytes];
        for (int i = 0; i < bytes / recordBytes; i++) Log.Append(value);
        Log.Flush();
    }

    /// <summary>Removes the segments that are full. Their files go with the directory's next housekeeping.</summary>
    public void DropFullSegments()
    {
        if (Log.GetStatistics().SegmentCount > 1) Log.DeleteBefore(Log.EndOffset);
    }

    public void Dispose()
    {
        Log.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Delete(recursive: true);
    }
}
