using PerfLog.Buffers;

namespace PerfLog.Core.Tests.Buffers;

public sealed class KeptBlocksTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    public void A_block_is_the_next_power_of_two(int wanted, int length) => Assert.Equal(length, new KeptBlocks(0).Rent(wanted).Length);

    [Fact]
    public void A_returned_block_is_rented_again_for_a_use_of_its_size_alone()
    {
        var blocks = new KeptBlocks(1024);
        byte[] first = blocks.Rent(100);
        blocks.Return(first);

        Assert.NotSame(first, blocks.Rent(200));
        Assert.Same(first, blocks.Rent(65));
        Assert.NotSame(first, blocks.Rent(65));
    }

    [Fact]
    public void No_more_is_kept_than_the_limit_allows()
    {
        var blocks = new KeptBlocks(250);
        byte[][] rented = [blocks.Rent(128), blocks.Rent(64), blocks.Rent(64), blocks.Rent(32)];
        foreach (byte[] block in rented) blocks.Return(block);

        Assert.Equal(128 + 64 + 32, blocks.KeptBytes);
    }

    [Fact]
    public void A_block_is_cleared_when_that_is_asked_for()
    {
        var blocks = new KeptBlocks(16);
        byte[] block = blocks.Rent(16);
        block.AsSpan().Fill(1);
        blocks.Return(block, clearArray: true);

        Assert.Equal(new byte[16], blocks.Rent(16));
    }
}
