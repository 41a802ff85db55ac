namespace PerfLog.Broker.Groups;

/// <summary>Makes one string of each name that comes in bytes again and again. One thread.</summary>
internal sealed class NamePool
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _byChars;
    private string _last = "";

    public NamePool() => _byChars = _names.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Get(ReadOnlySpan<byte> utf8)
    {
        Span<char> buffer = stackalloc char[256];
        ReadOnlySpan<char> name = Utf8Text.Decode(utf8, buffer);
        if (name.SequenceEqual(_last)) return _last;
        if (_byChars.TryGetValue(name, out string? known)) return _last = known;
        _last = name.ToString();
        _names.Add(_last);
        return _last;
    }
}
