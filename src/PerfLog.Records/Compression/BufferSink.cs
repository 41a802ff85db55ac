using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>
/// Lets a library that writes only to streams write to a <see cref="GrowingBuffer"/>. Beyond the buffer's limit it
/// drops the bytes and remembers that it did, because a library in the middle of its work is no place to throw.
/// </summary>
internal sealed class BufferSink(GrowingBuffer destination) : Stream
{
    public bool Overflowed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => Overflowed |= !destination.TryWrite(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
