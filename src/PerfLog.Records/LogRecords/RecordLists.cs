namespace PerfLog.Records;

/// <summary>A view on a list of texts.</summary>
public readonly ref struct TextListView
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<uint> _ends;
    private readonly int _start;
    private readonly string _field;

    /// <param name="bytes">The list's part.</param>
    /// <param name="field">The field, to be named.</param>
    public TextListView(ReadOnlySpan<byte> bytes, string field)
    {
        _bytes = bytes;
        _field = field;
        _ends = LogRecordReader.Table(bytes, field, out _start);
    }

    /// <summary>How many there are.</summary>
    public int Count => _ends.Length;

    /// <summary>A text's UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int start = index == 0 ? _start : (int)_ends[index - 1];
            return LogRecordReader.Part(_bytes, ref start, _ends[index], _field);
        }
    }

    /// <summary>A text.</summary>
    public string Text(int index) => LogRecordReader.Text(this[index], _field);
}

/// <summary>A view on a list of records.</summary>
public readonly ref struct RecordListView<TView>
    where TView : IRecordView<TView>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<uint> _ends;
    private readonly int _start;
    private readonly string _field;

    /// <param name="bytes">The list's part.</param>
    /// <param name="field">The field, to be named.</param>
    public RecordListView(ReadOnlySpan<byte> bytes, string field)
    {
        _bytes = bytes;
        _field = field;
        _ends = LogRecordReader.Table(bytes, field, out _start);
    }

    /// <summary>How many there are.</summary>
    public int Count => _ends.Length;

    /// <summary>A record.</summary>
    public TView this[int index]
    {
        get
        {
            int start = index == 0 ? _start : (int)_ends[index - 1];
            return TView.Over(LogRecordReader.Part(_bytes, ref start, _ends[index], _field));
        }
    }

    /// <summary>Walks the records.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Walks the records of a list.</summary>
    public ref struct Enumerator
    {
        private readonly RecordListView<TView> _list;
        private int _index;

        internal Enumerator(RecordListView<TView> list)
        {
            _list = list;
            _index = -1;
        }

        /// <summary>The record that the last move came to.</summary>
        public readonly TView Current => _list[_index];

        /// <summary>Goes to the next record.</summary>
        public bool MoveNext() => ++_index < _list.Count;
    }
}

/// <summary>A view on a list of values whose memory is not their form.</summary>
public readonly ref struct SlotListView<TSlot, T>
    where TSlot : unmanaged, IRecordSlot<TSlot, T>
{
    private readonly ReadOnlySpan<TSlot> _slots;
    private readonly string _field;

    /// <param name="bytes">The list's part.</param>
    /// <param name="field">The field, to be named.</param>
    public SlotListView(ReadOnlySpan<byte> bytes, string field)
    {
        _field = field;
        _slots = LogRecordReader.Values<TSlot>(bytes, field);
    }

    /// <summary>How many there are.</summary>
    public int Count => _slots.Length;

    /// <summary>A value.</summary>
    public T this[int index] => _slots[index].ToValue(_field);
}
