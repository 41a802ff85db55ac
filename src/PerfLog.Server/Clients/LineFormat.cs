using System.Text;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Server.Clients;

/// <summary>
/// How a line becomes a record, as kcat's flags or the console producer's properties say: perhaps headers, then perhaps a key,
/// then the value. Immutable.
/// </summary>
internal sealed record LineFormat
{
    public required string Topic { get; init; }

    /// <summary>What stands between key and value; null when lines have no key.</summary>
    public byte[]? KeySeparator { get; init; }

    /// <summary>A line without the separators that it should have is an error, in place of being a value as a whole.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The key of every record; null for what the line says.</summary>
    public byte[]? Key { get; init; }

    public int? Partition { get; init; }

    /// <summary>Headers that every record has.</summary>
    public RecordHeader[] Headers { get; init; } = [];

    /// <summary>How a line's own headers are written; null when it has none.</summary>
    public LineHeaders? OwnHeaders { get; init; }

    /// <summary>A key or value that is this text is none.</summary>
    public byte[]? NullMarker { get; init; }

    /// <exception cref="CommandException">The line is not as it should be.</exception>
    public ProducerRecord<byte[]?, byte[]?> Read(ReadOnlySpan<byte> line, long number)
    {
        RecordHeader[] headers = Headers;
        if (OwnHeaders is { } own && TryCut(ref line, own.Delimiter, "headers", number, out ReadOnlySpan<byte> text))
            headers = [.. Headers, .. own.Read(IsNull(text) ? [] : text, number)];
        byte[]? key = Key;
        if (KeySeparator is { } separator && TryCut(ref line, separator, "key", number, out ReadOnlySpan<byte> ownKey))
            key = IsNull(ownKey) ? null : ownKey.ToArray();
        return new ProducerRecord<byte[]?, byte[]?>(Topic, key, IsNull(line) ? null : line.ToArray())
        {
            Partition = Partition, Headers = headers,
        };
    }

    private bool IsNull(ReadOnlySpan<byte> text) => NullMarker is not null && text.SequenceEqual(NullMarker);

    private bool TryCut(ref ReadOnlySpan<byte> line, byte[] separator, string what, long number, out ReadOnlySpan<byte> before)
    {
        int at = line.IndexOf(separator);
        before = at < 0 ? default : line[..at];
        if (at >= 0) line = line[(at + separator.Length)..];
        else if (IsStrict) throw new CommandException($"line {number}: there is no '{Encoding.UTF8.GetString(separator)}' behind its {what}.");
        return at >= 0;
    }
}

/// <summary>How headers stand at the beginning of a line.</summary>
/// <param name="Delimiter">What stands behind all of them.</param>
/// <param name="Separator">What stands between two.</param>
/// <param name="KeySeparator">What stands between a header's key and its value.</param>
internal sealed record LineHeaders(byte[] Delimiter, byte[] Separator, byte[] KeySeparator)
{
    /// <exception cref="CommandException">One has no value.</exception>
    public IEnumerable<RecordHeader> Read(ReadOnlySpan<byte> text, long number)
    {
        List<RecordHeader> headers = [];
        while (!text.IsEmpty)
        {
            int end = text.IndexOf(Separator);
            ReadOnlySpan<byte> one = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + Separator.Length)..];
            int at = one.IndexOf(KeySeparator);
            if (at < 0) throw new CommandException($"line {number}: the header '{Encoding.UTF8.GetString(one)}' has no '{Encoding.UTF8.GetString(KeySeparator)}'.");
            headers.Add(new RecordHeader(Encoding.UTF8.GetString(one[..at]), one[(at + KeySeparator.Length)..].ToArray()));
        }

        return headers;
    }
}
