using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>Walks the headers of a record whose structure <see cref="RecordEnumerator"/> has already checked.</summary>
public ref struct HeaderEnumerator(ReadOnlySpan<byte> rawHeaders, int count)
{
    private WireReader _reader = new(rawHeaders);
    private int _left = count;

    public HeaderView Current { get; private set; }

    public readonly HeaderEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_left == 0) return false;
        _left--;
        OptionalBytes key = RecordFields.ReadOptionalBytes(ref _reader);
        OptionalBytes value = RecordFields.ReadOptionalBytes(ref _reader);
        Current = new HeaderView(key.Span, value);
        return !_reader.Failed;
    }
}
