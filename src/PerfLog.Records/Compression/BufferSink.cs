using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>
/// Lets a library that writes only to streams write to a <see cref="GrowingBuffer"/>. Beyond the buffer's limit it
/// drops the bytes and remembers that it did, because a library in the middle of its work is no place to throw.
/// </summary>
internal sealed class BufferSink(GrowingBuffer destination) : WriteOnlyStream
{
    public bool Overflowed { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer) => Overflowed |= !destination.TryWrite(buffer);
}
