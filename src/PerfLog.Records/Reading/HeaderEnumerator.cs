using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>Walks the headers of a record whose structure <see cref="RecordEnumerator"/> has already checked.</summary>
public ref struct HeaderEnumerator(ReadOnlySpan<byte> rawHeaders, int count)
{
    private WireReader _reader = new(rawHeaders);
    private int _left = count;

    /// <summary>The header that the last <see cref="MoveNext"/> which answered true came to.</summary>
    public HeaderView Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly HeaderEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next header; false behind the last.</summary>
    public bool MoveNext()
    {
        if (_left == 0) return false;
        _left--;
        OptionalBytes key = ReadOptionalBytes(ref _reader);
        OptionalBytes value = ReadOptionalBytes(ref _reader);
        Current = new HeaderView(key.Span, value);
        return !_reader.Failed;
    }

    private static OptionalBytes ReadOptionalBytes(scoped ref WireReader reader)
    {
        int length = reader.ReadVarint();
        return length == -1 ? OptionalBytes.Null : new OptionalBytes(reader.Take(length));
    }
}
