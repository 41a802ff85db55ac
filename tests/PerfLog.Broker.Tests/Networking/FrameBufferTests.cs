using System.Buffers.Binary;
using FsCheck.Xunit;
using PerfLog.Broker.Networking;

namespace PerfLog.Broker.Tests.Networking;

/// <summary>Goal: however the bytes of a stream arrive, the same frames come out, and a lying size costs nothing.</summary>
public sealed class FrameBufferTests
{
    private const int FrameBytesMax = 8 * 1024 * 1024;

    [Property(MaxTest = 200)]
    public void Frames_come_out_whole_however_the_stream_is_cut(int seed)
    {
        var random = new Random(seed);
        List<byte[]> sent = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomFrame(random))];
        byte[] stream = [.. sent.SelectMany(static frame => (byte[])[.. SizeField(frame.Length), .. frame])];

        List<byte[]> received = Receive(stream, random, keepSomeBlocks: true);

        Assert.Equal(sent.Count, received.Count);
        Assert.All(sent.Zip(received), static pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(FrameBytesMax + 1)]
    [InlineData(int.MaxValue)]
    public void A_size_outside_the_limit_is_an_error_that_names_the_limit(int size)
    {
        using var frames = new FrameBuffer(FrameBytesMax);
        SizeField(size).CopyTo(frames.FreeSpace());
        frames.Advance(sizeof(int));

        Assert.False(frames.TryTake(out _, out string? error));
        Assert.Contains("socket.request.max.bytes", error);
    }

    [Fact]
    public void A_large_size_takes_no_memory_before_its_bytes_arrive()
    {
        using var frames = new FrameBuffer(FrameBytesMax);
        SizeField(FrameBytesMax).CopyTo(frames.FreeSpace());
        frames.Advance(sizeof(int));

        Assert.InRange(frames.FreeSpace().Length, 1, 1024 * 1024);
    }

    [Fact]
    public void A_frame_that_is_still_read_is_not_overwritten()
    {
        using var frames = new FrameBuffer(FrameBytesMax);
        Put(frames, [1, 2, 3]);
        Assert.True(frames.TryTake(out Memory<byte> first, out _));
        ReceiveBlock held = frames.Block;
        held.AddReference();

        for (int round = 0; round < 5_000; round++)
        {
            Put(frames, [9, 9, 9]);
            Assert.True(frames.TryTake(out _, out _));
        }

        Assert.Equal([1, 2, 3], first.ToArray());
        held.Release();
    }

    [Fact]
    public void Steady_traffic_allocates_nothing()
    {
        using var frames = new FrameBuffer(FrameBytesMax);
        byte[] frame = [1, 2, 3];
        for (int round = 0; round < 2_000; round++) Pass(frames, frame);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 10_000; round++) Pass(frames, frame);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Pass(FrameBuffer frames, byte[] frame)
    {
        Put(frames, frame);
        if (!frames.TryTake(out _, out _)) throw new InvalidOperationException("no frame");
    }

    private static void Put(FrameBuffer frames, byte[] frame)
    {
        Memory<byte> free = frames.FreeSpace();
        Span<byte> bytes = stackalloc byte[sizeof(int) + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, frame.Length);
        frame.CopyTo(bytes[sizeof(int)..]);
        int done = 0;
        while (done < bytes.Length)
        {
            int part = Math.Min(free.Length, bytes.Length - done);
            bytes.Slice(done, part).CopyTo(free.Span);
            frames.Advance(part);
            done += part;
            if (done < bytes.Length) free = frames.FreeSpace();
        }
    }

    private static List<byte[]> Receive(byte[] stream, Random random, bool keepSomeBlocks)
    {
        List<byte[]> received = [];
        List<ReceiveBlock> held = [];
        using var frames = new FrameBuffer(FrameBytesMax);
        int position = 0;
        while (position < stream.Length)
        {
            Memory<byte> free = frames.FreeSpace();
            int part = Math.Min(stream.Length - position, random.Next(1, free.Length + 1));
            stream.AsSpan(position, part).CopyTo(free.Span);
            frames.Advance(part);
            position += part;
            while (frames.TryTake(out Memory<byte> frame, out string? error))
            {
                Assert.Null(error);
                received.Add(frame.ToArray());
                if (!keepSomeBlocks || random.Next(4) != 0) continue;
                frames.Block.AddReference();
                held.Add(frames.Block);
            }
        }

        held.ForEach(static block => block.Release());
        return received;
    }

    private static byte[] RandomFrame(Random random)
    {
        int[] sizes = [0, 1, 10, 100, 4_000, 5_000, 70_000, 300_000, 1_200_000];
        byte[] frame = new byte[random.Next(sizes[random.Next(sizes.Length)] + 1)];
        random.NextBytes(frame);
        return frame;
    }

    private static byte[] SizeField(int size)
    {
        byte[] field = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(field, size);
        return field;
    }
}
