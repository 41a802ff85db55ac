using System.Buffers;
using PerfLog.Buffers;

namespace PerfLog.Core.Tests.Buffers;

public sealed class GrowingBufferTests
{
    [Fact]
    public void What_is_written_in_steps_stands_in_order_across_growth()
    {
        using var buffer = new GrowingBuffer(1_000_000);
        var expected = new List<byte>();
        for (int step = 0; step < 200; step++)
        {
            byte[] bytes = [.. Enumerable.Repeat((byte)step, step * 7)];
            expected.AddRange(bytes);
            Assert.True(buffer.TryWrite(bytes));
        }

        Assert.Equal(expected, buffer.WrittenSpan.ToArray());
        Assert.Equal(1_000_000 - expected.Count, buffer.FreeBytes);
    }

    [Fact]
    public void The_limit_holds_for_every_way_to_write()
    {
        using var buffer = new GrowingBuffer(10);

        Assert.False(buffer.TryWrite(new byte[11]));
        Assert.True(buffer.TryWrite(new byte[9]));
        Assert.Equal(1, buffer.GetSpan().Length);
        Assert.Throws<BufferLimitException>(() => buffer.GetSpan(2));
        Assert.True(buffer.TryGetSpan(1, out Span<byte> free));
        Assert.Equal(1, free.Length);
        buffer.Advance(1);
        Assert.False(buffer.TryGetSpan(1, out _));
        Assert.Throws<BufferLimitException>(() => buffer.GetMemory());
    }

    [Fact]
    public void Cutting_back_keeps_the_start_and_cannot_go_forward()
    {
        using var buffer = new GrowingBuffer(10);
        buffer.TryWrite([1, 2, 3]);

        buffer.Truncate(1);

        Assert.Equal([1], buffer.WrittenSpan.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(-1));
    }

    [Fact]
    public void Every_rented_block_goes_back_once()
    {
        var pool = new CountingPool();
        var buffer = new GrowingBuffer(pool, 100_000_000);
        for (int step = 0; step < 3; step++)
        {
            buffer.Reset(100_000_000);
            buffer.TryWrite(new byte[10_000]);
            buffer.TryWrite(new byte[9_000_000]);
        }

        buffer.Dispose();
        buffer.Dispose();

        Assert.NotEmpty(pool.Returned);
        Assert.Empty(pool.Rented);
    }

    [Fact]
    public void A_buffer_that_is_used_again_allocates_nothing()
    {
        using var buffer = new GrowingBuffer(1_000_000);
        var bytes = new byte[300_000];
        buffer.TryWrite(bytes);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            buffer.Reset(1_000_000);
            buffer.TryWrite(bytes);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private sealed class CountingPool : ArrayPool<byte>
    {
        public HashSet<byte[]> Rented { get; } = [];

        public List<byte[]> Returned { get; } = [];

        public override byte[] Rent(int minimumLength)
        {
            var array = new byte[minimumLength];
            Assert.True(Rented.Add(array));
            return array;
        }

        public override void Return(byte[] array, bool clearArray = false)
        {
            Assert.True(Rented.Remove(array), "A block was returned that is not rented.");
            Returned.Add(array);
        }
    }
}
