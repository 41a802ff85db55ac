namespace PerfLog.Storage;

/// <summary>
/// The entries of one index file, all of one size, appended by the log's writer and searched by any thread. A file without
/// entries is not mapped, and a sealed one only once it is searched: ten thousand idle logs cost no address space.
/// </summary>
internal sealed class IndexFile(IStorageDevice device, string path, int entryBytes, int capacityBytes, int count) : IDisposable
{
    private readonly Lock _mapping = new();
    private readonly int _capacity = capacityBytes / entryBytes;
    private readonly List<IMappedFile> _outgrown = [];
    private IMappedFile? _mapped;
    private bool _writable;
    private int _count = count;

    public string Path => path;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The entries there is room for; an existing file may hold more than the present setting allows.</summary>
    public int Capacity => Math.Max(_capacity, Count);

    /// <summary>The published entries. They never change, so the span stays right while the writer goes on.</summary>
    public ReadOnlySpan<byte> Entries
    {
        get
        {
            // The count comes first: the mapping read after it holds at least as many entries.
            int published = Count;
            return published == 0 ? default : Mapped().Bytes[..(published * entryBytes)];
        }
    }

    public ReadOnlySpan<byte> EntryAt(int index) => Entries.Slice(index * entryBytes, entryBytes);

    /// <summary>Room for the next entry; it counts from <see cref="Publish"/> on.</summary>
    public Span<byte> Next() => Writable().Reserve(_count * entryBytes, entryBytes);

    // Readers load the count before the bytes, so the entry must be whole before the count says so.
    public void Publish() => Volatile.Write(ref _count, _count + 1);

    /// <summary>Cuts the file to its entries; nothing is appended afterwards.</summary>
    public void Seal()
    {
        if (_writable) _mapped!.Trim(_count * entryBytes);
    }

    public void Flush() => _mapped?.Flush();

    /// <summary>Gives the address range back until the next search. Only while no other thread knows the index.</summary>
    public void Unmap()
    {
        if (_writable) return;
        Dispose();
        _mapped = null;
    }

    public void Dispose()
    {
        lock (_mapping)
        {
            foreach (IMappedFile each in _outgrown) each.Dispose();
            _outgrown.Clear();
            _mapped?.Dispose();
        }
    }

    private IMappedFile Mapped()
    {
        if (Volatile.Read(ref _mapped) is { } mapped) return mapped;
        lock (_mapping)
        {
            if (_mapped is null) Volatile.Write(ref _mapped, device.Map(path, 0));
            return _mapped!;
        }
    }

    private IMappedFile Writable()
    {
        if (_writable) return _mapped!;
        lock (_mapping)
        {
            // A reader may be inside the smaller mapping: it lives until the index goes.
            if (_mapped is not null) _outgrown.Add(_mapped);
            Volatile.Write(ref _mapped, device.Map(path, Capacity * entryBytes));
            _writable = true;
            return _mapped!;
        }
    }
}
