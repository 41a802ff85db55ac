using Microsoft.Win32.SafeHandles;

namespace PerfLog.Storage;

/// <summary>
/// A stretch of a segment file handed to a reader. It holds the segment: the bytes stay readable though the log deletes
/// it meanwhile, until <see cref="Release"/> is called, which its receiver does exactly once, whatever copies exist.
/// </summary>
public readonly struct FileRegion
{
    private readonly Segment? _segment;

    internal FileRegion(Segment heldSegment, IStorageFile file, FilePosition position, int length)
    {
        _segment = heldSegment;
        File = file;
        Position = position;
        Length = length;
    }

    /// <summary>The file; null only when the region is empty.</summary>
    public IStorageFile? File { get; }

    /// <summary>Where the bytes start in the file.</summary>
    public FilePosition Position { get; }

    /// <summary>The number of bytes.</summary>
    public int Length { get; }

    /// <summary>The operating system's handle to send the region by; null when it is to be copied.</summary>
    public SafeFileHandle? Handle => File?.HandleFor(Position.Value, Length);

    /// <summary>Whether there is nothing to read.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>Copies the region's bytes.</summary>
    /// <returns>The bytes copied: the region's length, or the destination's when that is less.</returns>
    public int CopyTo(Span<byte> destination)
    {
        if (File is null) return 0;
        int wanted = Math.Min(Length, destination.Length);
        return File.Read(Position.Value, destination[..wanted]);
    }

    /// <summary>Lets go of the segment.</summary>
    public void Release() => _segment?.Release();
}
