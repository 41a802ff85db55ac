using Microsoft.Win32.SafeHandles;

namespace PerfLog.Storage;

/// <summary>
/// A file whose end may be written past the page cache. Until <see cref="TryWriteDirectly"/> and after
/// <see cref="EndDirectWriting"/> it is the file that it covers. One thread writes; flushing and reading go on beside it.
/// </summary>
/// <param name="ownedInner">The file through the page cache.</param>
/// <param name="windows">Where memory for the end is lent.</param>
/// <param name="openWriter">Opens what brings blocks to the file.</param>
internal sealed class DirectFile(
    IStorageFile ownedInner, DirectWindows windows, Func<IStorageFile, DirectWindow, IBlockWriter?> openWriter) : IStorageFile
{
    private readonly Lock _gate = new();
    private DirectTail? _tail;
    private DirectWindow? _window;
    private IBlockWriter? _writer;
    private Exception? _failure;

    public string Path => ownedInner.Path;

    public SafeFileHandle? Handle => ownedInner.Handle;

    public long Length
    {
        get
        {
            // What is reserved past the end is no part of it.
            lock (_gate) return _tail?.End ?? ownedInner.Length;
        }
    }

    public bool IsWrittenDirectly => Volatile.Read(ref _tail) is not null;

    public SafeFileHandle? HandleFor(long position, int length)
    {
        // What was written last is better copied from memory than read back from the disk.
        DirectTail? tail = Volatile.Read(ref _tail);
        bool isInMemory = tail is not null && position + length > tail.Settled - windows.Layout.WindowBytes / 2;
        return isInMemory ? null : ownedInner.HandleFor(position, length);
    }

    public int Read(long position, Span<byte> destination)
    {
        DirectTail? tail = Volatile.Read(ref _tail);
        if (tail is null) return ownedInner.Read(position, destination);
        int wanted = (int)Math.Clamp(tail.End - position, 0, destination.Length);
        int done = 0;
        while (done < wanted)
        {
            int piece = ReadPiece(tail, position + done, destination[done..wanted]);
            if (piece == 0) break;
            done += piece;
        }

        // The blocks may have gone to another file meanwhile; then all of this one was brought to the disk before.
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _tail) == tail ? done : ownedInner.Read(position, destination);
    }

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (TailAt(position) is not { } tail)
            {
                ownedInner.Write(position, bytes);
                return;
            }

            Guard(tail, bytes, static (tail, bytes) =>
            {
                tail.Append(bytes);
                tail.Advance();
            });
        }
    }

    public void WriteGathered(long position, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        lock (_gate)
        {
            if (TailAt(position) is not { } tail)
            {
                ownedInner.WriteGathered(position, pieces);
                return;
            }

            for (int i = 0; i < pieces.Count; i++) Guard(tail, pieces[i].Span, static (tail, bytes) => tail.Append(bytes));
            Guard(tail, default, static (tail, _) => tail.Advance());
        }
    }

    public void SetLength(long length)
    {
        EndDirectWriting();
        ownedInner.SetLength(length);
    }

    public void Preallocate(long length)
    {
        // A write past the page cache that lengthens the file would wait for all others.
        if (IsWrittenDirectly) ownedInner.Extend(length);
        else ownedInner.Preallocate(length);
    }

    public void Extend(long length) => ownedInner.Extend(length);

    public void BeginWriteback(long position, long length) => ownedInner.BeginWriteback(position, length);

    public void WriteBack(long position, long length) => ownedInner.WriteBack(position, length);

    public void Flush()
    {
        Settle();
        ownedInner.Flush();
    }

    public void Advance()
    {
        lock (_gate)
        {
            if (_tail is { } tail) Guard(tail, default, static (tail, _) => tail.Advance());
        }
    }

    public void Settle()
    {
        lock (_gate)
        {
            if (_tail is { } tail) Guard(tail, default, static (tail, _) => tail.Settle());
        }
    }

    public bool TryWriteDirectly(long end)
    {
        lock (_gate)
        {
            if (_tail is not null) return true;
            if (end < windows.Layout.StartBytes || _failure is not null || !windows.TryRent(out DirectWindow? window)) return false;
            _writer = openWriter(ownedInner, window);
            if (_writer is null)
            {
                windows.GiveBack(window);
                return false;
            }

            _window = window;
            Volatile.Write(ref _tail, new DirectTail(window, _writer, ownedInner, end));
            return true;
        }
    }

    public void EndDirectWriting()
    {
        lock (_gate)
        {
            if (_tail is not { } tail) return;
            Guard(tail, default, static (tail, _) => tail.Settle());
            Release();

            // Behind the end there are the zeros that filled the last page, and reserved space.
            ownedInner.SetLength(tail.End);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_tail is not null) Release();
        }

        ownedInner.Dispose();
    }

    // What is in memory no more is in the file, and is found below the settled end when that is looked at afterwards.
    private int ReadPiece(DirectTail tail, long position, Span<byte> destination)
    {
        int fromMemory = tail.TryRead(position, destination);
        if (fromMemory > 0) return fromMemory;
        int inFile = (int)Math.Clamp(tail.Settled - position, 0, destination.Length);
        return ownedInner.Read(position, destination[..inFile]);
    }

    // A write elsewhere than at the end, as repairs do it, goes through the page cache like all after it.
    private DirectTail? TailAt(long position)
    {
        if (_tail is { } tail && tail.End != position) EndDirectWriting();
        return _tail;
    }

    private void Guard(DirectTail tail, ReadOnlySpan<byte> bytes, Action<DirectTail, ReadOnlySpan<byte>> step)
    {
        if (_failure is not null) throw new IOException($"{Path}: an earlier write failed: {_failure.Message}", _failure);
        try
        {
            step(tail, bytes);
        }
        catch (IOException cause)
        {
            _failure = cause;
            throw;
        }
    }

    private void Release()
    {
        DirectTail tail = _tail!;
        bool isWhole = TryWait(tail);
        Volatile.Write(ref _tail, null);
        _writer!.Dispose();
        if (isWhole && _failure is null) windows.GiveBack(_window!);
        else windows.Discard();
        _window = null;
    }

    private static bool TryWait(DirectTail tail)
    {
        try
        {
            tail.WaitForAll();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
