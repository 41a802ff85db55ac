using System.Buffers;
using PerfLog.Buffers;

namespace PerfLog.Core.Tests.Buffers;

public sealed class KeptMemoryTests
{
    [Fact]
    public void What_is_given_back_is_found_again()
    {
        var blocks = new KeptBlocks(keptBytesMax: 1 << 20);
        using var memory = new KeptMemory(blocks);
        using (IMemoryOwner<byte> first = memory.Rent(5000)) first.Memory.Span[4999] = 7;

        Assert.Equal(8192, blocks.KeptBytes);
        using IMemoryOwner<byte> second = memory.Rent(6000);
        Assert.Equal(7, second.Memory.Span[4999]);
        Assert.Equal(0, blocks.KeptBytes);
    }

    [Fact]
    public void Giving_back_twice_keeps_a_block_once_and_takes_the_memory_away()
    {
        var blocks = new KeptBlocks(keptBytesMax: 1 << 20);
        using var memory = new KeptMemory(blocks);
        IMemoryOwner<byte> block = memory.Rent();
        block.Dispose();
        block.Dispose();

        Assert.Equal(4096, blocks.KeptBytes);
        Assert.Throws<ObjectDisposedException>(() => block.Memory);
    }
}
