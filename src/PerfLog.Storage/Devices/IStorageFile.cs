using Microsoft.Win32.SafeHandles;

namespace PerfLog.Storage;

/// <summary>
/// An open file of a device. Reads and writes name their position, so that any number of threads may read while one
/// writes. Writing past the end lengthens the file. Disposing closes it and flushes nothing.
/// </summary>
public interface IStorageFile : IDisposable
{
    /// <summary>The path it was opened by.</summary>
    string Path { get; }

    /// <summary>The operating system's handle, for sending the file to a socket; null when there is none.</summary>
    SafeFileHandle? Handle { get; }

    /// <summary>The file's length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads as much as there is, up to the destination's length.</summary>
    /// <returns>The bytes read; fewer than asked for only at the end of the file.</returns>
    int Read(long position, Span<byte> destination);

    /// <summary>Writes all bytes at a position.</summary>
    void Write(long position, ReadOnlySpan<byte> bytes);

    /// <summary>Writes pieces one behind the other, starting at a position, in as few system calls as is good.</summary>
    void WriteGathered(long position, IReadOnlyList<ReadOnlyMemory<byte>> pieces);

    /// <summary>Cuts or lengthens the file, and gives back what was preallocated past the new end.</summary>
    void SetLength(long length);

    /// <summary>Reserves disk space for the file to grow to that length; its length stays. A hint where unsupported.</summary>
    void Preallocate(long length);

    /// <summary>Makes all that was written durable.</summary>
    void Flush();
}
