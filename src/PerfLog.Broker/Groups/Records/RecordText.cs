using System.Text;

namespace PerfLog.Broker.Groups;

/// <summary>The limit of every text that stands in a record of the offsets' topic.</summary>
internal static class RecordText
{
    /// <summary>The length is written as a signed 16-bit number.</summary>
    public const int BytesMax = short.MaxValue;

    public static bool Fits(string? text) =>
        text is null || text.Length * 3 <= BytesMax || Encoding.UTF8.GetByteCount(text) <= BytesMax;
}
