using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Server.Demo;

/// <summary>The batches of one fetch response, in the response's own buffer. Whoever fetched them disposes them.</summary>
internal sealed class FetchedBatches : IDisposable
{
    private readonly BufferLease _response;
    private readonly int _start;
    private readonly int _length;

    /// <param name="ownedResponse">The response.</param>
    /// <param name="start">Where the records lie in it.</param>
    /// <param name="length">Their bytes; the last batch may be cut off.</param>
    public FetchedBatches(BufferLease ownedResponse, int start, int length)
    {
        (_response, _start, _length) = (ownedResponse, start, length);
        // Checksums are looked at when the records are.
        var batches = new RecordBatchReader(Bytes, checkCrc: false);
        while (batches.MoveNext()) NextOffset = batches.Current.NextOffset;
    }

    /// <summary>The offset after the last whole batch; none when there is no whole batch.</summary>
    public Offset NextOffset { get; } = Offset.None;

    public bool IsEmpty => NextOffset == Offset.None;

    public ReadOnlySpan<byte> Bytes => _response.Span.Slice(_start, _length);

    public void Dispose() => _response.Dispose();
}
