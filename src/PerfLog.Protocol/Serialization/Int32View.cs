using System.Buffers.Binary;
using PerfLog.Wire;

namespace PerfLog.Protocol;

/// <summary>An array of 32-bit integers in place.</summary>
public readonly ref struct Int32View
{
    private readonly ReadOnlySpan<byte> _values;

    private Int32View(ReadOnlySpan<byte> values, bool isNull)
    {
        _values = values;
        IsNull = isNull;
    }

    public int Count => _values.Length / sizeof(int);

    public bool IsNull { get; }

    public int this[int index] => BinaryPrimitives.ReadInt32BigEndian(_values[(index * sizeof(int))..]);

    internal static Int32View Read(scoped ref WireReader reader, bool compact, bool nullable)
    {
        int count = nullable
            ? reader.ReadNullableArrayLength(compact, sizeof(int))
            : reader.ReadArrayLength(compact, sizeof(int));
        return count < 0 ? new Int32View(default, true) : new Int32View(reader.Take(count * sizeof(int)), false);
    }

    public Enumerator GetEnumerator() => new(_values);

    /// <summary>Walks the values in order.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _left;

        internal Enumerator(ReadOnlySpan<byte> values)
        {
            _left = values;
            Current = 0;
        }

        public int Current { get; private set; }

        public bool MoveNext()
        {
            if (_left.IsEmpty) return false;
            Current = BinaryPrimitives.ReadInt32BigEndian(_left);
            _left = _left[sizeof(int)..];
            return true;
        }
    }
}
