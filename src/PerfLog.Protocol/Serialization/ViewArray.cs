using PerfLog.Wire;

namespace PerfLog.Protocol;

/// <summary>An element of an array, read in place.</summary>
public interface IElementView<TSelf>
    where TSelf : IElementView<TSelf>, allows ref struct
{
    static abstract int SizeMin(short version);

    static abstract TSelf Read(scoped ref WireReader reader, short version);
}

/// <summary>
/// An array of structs in place. It was walked once when the view was read, so that walking it again cannot fail.
/// </summary>
public readonly ref struct ViewArray<T>
    where T : IElementView<T>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _frame;
    private readonly int _position;
    private readonly short _version;

    private ViewArray(ReadOnlySpan<byte> frame, int position, int count, short version)
    {
        _frame = frame;
        _position = position;
        _version = version;
        Count = Math.Max(count, 0);
        IsNull = count < 0;
    }

    public int Count { get; }

    public bool IsNull { get; }

    internal static ViewArray<T> Read(scoped ref WireReader reader, short version, bool compact, bool nullable)
    {
        int count = nullable
            ? reader.ReadNullableArrayLength(compact, T.SizeMin(version))
            : reader.ReadArrayLength(compact, T.SizeMin(version));
        int position = reader.Position;
        for (int index = 0; index < count && !reader.Failed; index++) T.Read(ref reader, version);
        return reader.Failed ? default : new ViewArray<T>(reader.Frame, position, count, version);
    }

    public Enumerator GetEnumerator() => new(_frame, _position, Count, _version);

    /// <summary>Walks the elements in order.</summary>
    public ref struct Enumerator
    {
        private readonly short _version;
        private WireReader _reader;
        private int _left;

        internal Enumerator(ReadOnlySpan<byte> frame, int position, int count, short version)
        {
            _reader = new WireReader(frame);
            _reader.SkipTo(position);
            _left = count;
            _version = version;
            Current = default!;
        }

        public T Current { get; private set; }

        public bool MoveNext()
        {
            if (_left == 0) return false;
            _left--;
            Current = T.Read(ref _reader, _version);
            return true;
        }
    }
}
