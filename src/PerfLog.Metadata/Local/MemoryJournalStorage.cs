namespace PerfLog.Metadata;

/// <summary>A journal that ends with the process: for brokers in memory, and for tests that cut it at every byte.</summary>
internal sealed class MemoryJournalStorage(byte[]? content = null) : IJournalStorage
{
    private byte[] _bytes = content ?? [];
    private int _length = content?.Length ?? -1;

    public string Name => "the metadata journal in memory";

    public byte[]? Read() => _length < 0 ? null : _bytes.AsSpan(0, _length).ToArray();

    public void Append(ReadOnlySpan<byte> bytes)
    {
        int needed = checked(_length + bytes.Length);
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length = needed;
    }

    public void Cut(long lengthBytes) => _length = (int)Math.Min(_length, lengthBytes);

    public void Replace(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        _length = bytes.Length;
    }

    public void Dispose()
    {
    }
}
