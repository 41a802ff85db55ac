using PerfLog.Records;

namespace PerfLog.Server.Demo;

/// <summary>How the demo's producer packs records.</summary>
internal static class BatchLimits
{
    /// <summary>The largest batch that a broker takes unless it is told otherwise (<c>message.max.bytes</c>).</summary>
    public const int BatchBytesMax = 1_048_588;

    /// <summary>A batch is sent when it has this many bytes: large enough to make requests few, small enough for caches.</summary>
    public const int BatchBytesWanted = 128 * 1024;

    /// <summary>The batches under way at once.</summary>
    public const int InFlightMax = 8;

    // Length (3 bytes), attributes (1), time (1), offset (3), key (1), length of the value (3) and headers (1), rounded up.
    private const int RecordOverheadBytes = 32;

    /// <summary>The largest record that fits into a batch of its own.</summary>
    public const int RecordBytesMax = BatchBytesMax - RecordBatchLayout.HeaderBytes - RecordOverheadBytes;
}
