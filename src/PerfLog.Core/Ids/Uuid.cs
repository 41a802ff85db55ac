using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace PerfLog;

/// <summary>
/// The protocol's 16-byte id: two big-endian halves. Its text is base64url without padding, 22 characters.
/// (A <see cref="Guid"/> has another byte order and another text.)
/// </summary>
public readonly record struct Uuid(long MostSignificant, long LeastSignificant)
{
    public const int SizeBytes = 16;

    /// <summary>"No id".</summary>
    public static readonly Uuid Zero;

    /// <summary>Reserved by the protocol for the cluster's metadata topic.</summary>
    public static readonly Uuid MetadataTopic = new(0, 1);

    /// <summary>A random version-4 id. It is never a reserved one, and its text never starts with a dash, which
    /// command lines would take for an option.</summary>
    public static Uuid NewRandom(Random random)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        while (true)
        {
            random.NextBytes(bytes);
            bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
            bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
            Uuid candidate = Read(bytes);
            if (candidate.ToString()[0] != '-') return candidate;
        }
    }

    public static Uuid Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, MostSignificant);
        BinaryPrimitives.WriteInt64BigEndian(destination[8..], LeastSignificant);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out Uuid uuid)
    {
        uuid = default;
        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (text is null || text.Length != 22) return false;

        // Decoding throws at a character that does not belong there.
        if (!Base64Url.IsValid(text)) return false;
        if (!Base64Url.TryDecodeFromChars(text, bytes, out int written) || written != SizeBytes) return false;
        uuid = Read(bytes);
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        Write(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
