namespace PerfLog.Broker.Groups;

/// <summary>Makes ids of members: what the client calls itself, and a random part. Any thread, if the randomness may be so used.</summary>
internal sealed class MemberIds(Random random)
{
    // A client may call itself by a long name, and the id stands in many records.
    private const int NameLengthMax = 255;

    private const int RandomBytes = 16;

    public string Next(string name)
    {
        Span<byte> bytes = stackalloc byte[RandomBytes];
        random.NextBytes(bytes);

        // The marks of a random UUID: version 4, variant 10.
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return $"{Shortened(name)}-{new Guid(bytes, bigEndian: true)}";
    }

    private static ReadOnlySpan<char> Shortened(string name)
    {
        if (name.Length <= NameLengthMax) return name;
        int length = char.IsHighSurrogate(name[NameLengthMax - 1]) ? NameLengthMax - 1 : NameLengthMax;
        return name.AsSpan(0, length);
    }
}
