namespace PerfLog.Storage;

/// <summary>
/// The end of a file that is written past the page cache. Appended bytes are copied into blocks; a full block goes to the
/// disk while the next is filled, and a part of one as soon as nothing else is under way, rounded up to pages with zeros and
/// written again when there is more. Callers hold the file's lock; <see cref="TryRead"/> any thread.
/// </summary>
/// <remarks>
/// The copy cannot be spared: batches have any length and lie anywhere in memory, and the disk takes whole pages. Bytes that
/// are not <see cref="Settled"/> are in memory only, and die with the process.
/// </remarks>
internal sealed class DirectTail
{
    private readonly DirectWindow _window;
    private readonly DirectLayout _layout;
    private readonly IBlockWriter _writer;
    private readonly long[] _begunFrom;
    private readonly bool[] _isUnderWay;
    private readonly long _firstInMemory;
    private long _begun;
    private long _end;
    private long _settled;

    /// <param name="window">Where blocks are.</param>
    /// <param name="ownedWriter">Brings them to the file.</param>
    /// <param name="file">The file; its last page is read.</param>
    /// <param name="end">Where the file's bytes end.</param>
    public DirectTail(DirectWindow window, IBlockWriter ownedWriter, IStorageFile file, long end)
    {
        _window = window;
        _layout = window.Layout;
        _writer = ownedWriter;
        _begunFrom = new long[_layout.Blocks];
        _isUnderWay = new bool[_layout.Blocks];
        _begun = _end = _settled = end;
        _firstInMemory = _layout.PageStart(end);
        ReadLastPage(file);
    }

    /// <summary>Where the bytes end.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>All below can be read from the file.</summary>
    public long Settled => Volatile.Read(ref _settled);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = Room();
            int piece = Math.Min(room.Length, bytes.Length);
            bytes[..piece].CopyTo(room);
            bytes = bytes[piece..];
            Volatile.Write(ref _end, _end + piece);
            if (piece == room.Length) BeginUpToEnd();
        }
    }

    /// <summary>Takes back what is complete, and writes on if the disk has nothing else to do.</summary>
    public void Advance()
    {
        while (_writer.Pending > 0 && _writer.TryTake(out int block, waits: false)) Complete(block);
        if (_writer.Pending == 0) BeginUpToEnd();
    }

    /// <summary>Writes everything and waits until it is in the file.</summary>
    public void Settle()
    {
        BeginUpToEnd();
        WaitForAll();
    }

    /// <summary>Waits until the kernel uses the blocks no more; what was not begun is lost.</summary>
    public void WaitForAll()
    {
        while (_writer.Pending > 0) TakeOne();
    }

    /// <summary>Reads what is still in memory, without a lock.</summary>
    /// <returns>The bytes read; 0 when the first of them is in the file and no more in memory.</returns>
    public int TryRead(long position, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length && position >= _firstInMemory)
        {
            int inBlock = (int)(_layout.BlockStart(position) + _layout.BlockBytes - position);
            int piece = Math.Min(inBlock, destination.Length - done);
            if (!_window.TryRead(position, destination.Slice(done, piece))) break;
            done += piece;
            position += piece;
        }

        return done;
    }

    private void ReadLastPage(IStorageFile file)
    {
        long start = _layout.BlockStart(_end);
        int block = _layout.BlockOf(_end);
        if (_end == start) return;
        _window.Take(block, start);
        Span<byte> page = _window.Block(block)[(int)(_firstInMemory - start)..(int)(_end - start)];
        if (file.Read(_firstInMemory, page) < page.Length) throw new IOException($"{file.Path} is shorter than {_end} bytes.");
    }

    // At the start of a block its memory may still be on the way to the disk with what it had before.
    private Span<byte> Room()
    {
        int block = _layout.BlockOf(_end);
        long start = _layout.BlockStart(_end);
        if (_end == start)
        {
            WaitFor(block);
            _window.Take(block, start);
        }

        return _window.Block(block)[(int)(_end - start)..];
    }

    // All that is not begun lies in one block, the last: a full one is begun at once.
    private void BeginUpToEnd()
    {
        if (_begun == _end) return;
        long start = _layout.BlockStart(_begun);
        int block = _layout.BlockOf(_begun);

        // Two writes to one page could reach the disk in any order.
        WaitFor(block);
        int from = (int)(_layout.PageStart(_begun) - start), to = (int)(_layout.PageEnd(_end) - start);
        Span<byte> memory = _window.Block(block);
        memory[(int)(_end - start)..to].Clear();
        _begunFrom[block] = _begun;
        _isUnderWay[block] = true;
        _begun = _end;
        _writer.Begin(block, start + from, memory[from..to]);
    }

    private void WaitFor(int block)
    {
        while (_isUnderWay[block]) TakeOne();
    }

    private void TakeOne()
    {
        if (_writer.TryTake(out int block, waits: true)) Complete(block);
    }

    private void Complete(int block)
    {
        _isUnderWay[block] = false;
        long settled = _begun;
        for (int i = 0; i < _isUnderWay.Length; i++)
        {
            if (_isUnderWay[i]) settled = Math.Min(settled, _begunFrom[i]);
        }

        Volatile.Write(ref _settled, settled);
    }
}
