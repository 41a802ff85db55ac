using Microsoft.Win32.SafeHandles;
using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>A file that does what another one does, for those that change one thing about it. Disposes the other with itself.</summary>
public abstract class ForwardingFile(IStorageFile ownedInner) : IStorageFile
{
    /// <inheritdoc/>
    public string Path => ownedInner.Path;

    /// <inheritdoc/>
    public SafeFileHandle? Handle => ownedInner.Handle;

    /// <inheritdoc/>
    public long Length => ownedInner.Length;

    /// <inheritdoc/>
    public virtual int Read(long position, Span<byte> destination) => ownedInner.Read(position, destination);

    /// <inheritdoc/>
    public virtual void Write(long position, ReadOnlySpan<byte> bytes) => ownedInner.Write(position, bytes);

    /// <inheritdoc/>
    public void WriteGathered(long position, IReadOnlyList<ReadOnlyMemory<byte>> pieces) => ownedInner.WriteGathered(position, pieces);

    /// <inheritdoc/>
    public void SetLength(long length) => ownedInner.SetLength(length);

    /// <inheritdoc/>
    public void Preallocate(long length) => ownedInner.Preallocate(length);

    /// <inheritdoc/>
    public virtual void Flush() => ownedInner.Flush();

    /// <inheritdoc/>
    public void Extend(long length) => ownedInner.Extend(length);

    /// <inheritdoc/>
    public void BeginWriteback(long position, long length) => ownedInner.BeginWriteback(position, length);

    /// <inheritdoc/>
    public virtual void WriteBack(long position, long length) => ownedInner.WriteBack(position, length);

    /// <inheritdoc/>
    public SafeFileHandle? HandleFor(long position, int length) => ownedInner.HandleFor(position, length);

    /// <inheritdoc/>
    public bool TryWriteDirectly(long end) => ownedInner.TryWriteDirectly(end);

    /// <inheritdoc/>
    public void Advance() => ownedInner.Advance();

    /// <inheritdoc/>
    public void Settle() => ownedInner.Settle();

    /// <inheritdoc/>
    public void EndDirectWriting() => ownedInner.EndDirectWriting();

    /// <inheritdoc/>
    public void Dispose() => ownedInner.Dispose();
}
