using System.Buffers;
using System.Text;

namespace PerfLog.Records;

/// <summary>Text as UTF-8. Bytes that are no UTF-8 are refused, not replaced.</summary>
internal sealed class Utf8Serde : ISerde<string>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public void Serialize(string value, IBufferWriter<byte> destination) => Encoding.UTF8.GetBytes(value, destination);

    public string Deserialize(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException fault)
        {
            throw new FormatException("the bytes are no UTF-8 text", fault);
        }
    }
}

/// <summary>A Guid as its text of 36 characters, as Java's serializer writes its own.</summary>
internal sealed class GuidSerde : ISerde<Guid>
{
    private const int TextBytes = 36;

    public void Serialize(Guid value, IBufferWriter<byte> destination)
    {
        value.TryFormat(destination.GetSpan(TextBytes), out int written);
        destination.Advance(written);
    }

    public Guid Deserialize(ReadOnlyMemory<byte> bytes)
    {
        Span<char> text = stackalloc char[TextBytes];
        if (bytes.Length != TextBytes) throw SerdeFault.Length("Guid's text", TextBytes, bytes.Length);
        Encoding.Latin1.GetChars(bytes.Span, text);
        return Guid.TryParseExact(text, "D", out Guid value) ? value : throw new FormatException("the bytes are no Guid's text");
    }
}
