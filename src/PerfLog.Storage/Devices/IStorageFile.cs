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

    /// <summary>Takes disk space up to that length and lengthens the file to it, with zeros.</summary>
    void Extend(long length) => SetLength(length);

    /// <summary>Has the disk begin with what was written there, and does not wait for it: a later flush has less to do. A hint.</summary>
    void BeginWriteback(long position, long length)
    {
    }

    /// <summary>Has the disk write what was written there, and waits until it has. Makes nothing durable. A hint.</summary>
    /// <exception cref="IOException">A write failed, perhaps elsewhere in the file, as a flush may find; none is told of it again.</exception>
    void WriteBack(long position, long length)
    {
    }

    /// <summary>The handle to send that part of the file by; null when it is better read, or not in the file yet.</summary>
    SafeFileHandle? HandleFor(long position, int length) => Handle;

    /// <summary>
    /// From now on, writes at the file's end pass the page cache by. Read and flush as before; what is not flushed may be in
    /// the process's memory only. Small files, and those on devices that cannot, go on as they were.
    /// </summary>
    /// <param name="end">Where the file's bytes end.</param>
    /// <returns>Whether writes pass the page cache by.</returns>
    bool TryWriteDirectly(long end) => false;

    /// <summary>Goes on with writing what is in memory only, and does not wait for it.</summary>
    void Advance()
    {
    }

    /// <summary>Brings what is in memory only to the file.</summary>
    void Settle()
    {
    }

    /// <summary>
    /// As <see cref="Settle"/>, and gives back what was reserved past the end; from now on writes go through the page cache.
    /// </summary>
    void EndDirectWriting()
    {
    }
}
