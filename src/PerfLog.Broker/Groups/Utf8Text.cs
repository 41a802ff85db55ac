using System.Text;

namespace PerfLog.Broker.Groups;

/// <summary>Texts of requests and records as characters, without a string where they are short. All methods are pure.</summary>
internal static class Utf8Text
{
    /// <summary>Decodes into the buffer; a text that is longer than that costs a string.</summary>
    public static ReadOnlySpan<char> Decode(ReadOnlySpan<byte> utf8, Span<char> buffer) =>
        utf8.Length <= buffer.Length ? buffer[..Encoding.UTF8.GetChars(utf8, buffer)] : Encoding.UTF8.GetString(utf8);
}
