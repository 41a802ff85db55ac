using FsCheck.Xunit;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Indexes;

public sealed class OffsetIndexTests
{
    private const string Path = "/index";

    /// <summary>Goal: the binary search agrees with a scan that is too plain to be wrong.</summary>
    [Property]
    public void Floor_agrees_with_a_linear_scan(ushort[] offsets, ushort probe)
    {
        int[] sorted = [.. offsets.Select(static offset => (int)offset).Distinct().Order()];
        using OffsetIndex index = IndexOf(sorted);

        int expected = sorted.Where(offset => offset <= probe).Select(static offset => offset * 100).LastOrDefault();

        Assert.Equal(new FilePosition(expected), index.Floor(probe));
    }

    [Property]
    public void Floor_of_a_position_agrees_with_a_linear_scan(ushort[] offsets, uint probe)
    {
        int[] sorted = [.. offsets.Select(static offset => (int)offset).Distinct().Order()];
        int position = (int)(probe % 8_000_000);
        using OffsetIndex index = IndexOf(sorted);

        int expected = sorted.Select(static offset => offset * 100).Where(each => each <= position).LastOrDefault();

        Assert.Equal(new FilePosition(expected), index.FloorOfPosition(new FilePosition(position)));
    }

    [Fact]
    public void An_entry_is_two_big_endian_numbers_and_the_file_is_cut_to_its_entries_when_sealed()
    {
        MemoryDevice device = NewDevice();
        OffsetIndex index = new(device, Path, 80, 0);
        index.Append(0x01020304, new FilePosition(0x05060708));
        index.Append(0x01020305, new FilePosition(0x05060709));
        index.Seal();

        Assert.Equal("01020304050607080102030505060709", ContentOf(device));
    }

    [Fact]
    public void An_offset_that_goes_back_is_refused()
    {
        using OffsetIndex index = IndexOf([5]);

        Assert.Throws<InvalidOperationException>(() => index.Append(5, new FilePosition(900)));
    }

    [Fact]
    public void It_is_full_at_its_capacity()
    {
        using OffsetIndex index = new(NewDevice(), Path, 20, 0);
        index.Append(1, default);
        Assert.False(index.IsFull);
        index.Append(2, default);
        Assert.True(index.IsFull);
    }

    private static OffsetIndex IndexOf(int[] sorted)
    {
        OffsetIndex index = new(NewDevice(), Path, OffsetIndex.EntryBytes * (sorted.Length + 1), 0);
        foreach (int offset in sorted) index.Append(offset, new FilePosition(offset * 100));
        return index;
    }

    private static MemoryDevice NewDevice()
    {
        MemoryDevice device = new(TestDirectory.Clock());
        device.CreateDirectory("/");
        return device;
    }

    private static string ContentOf(MemoryDevice device) => Convert.ToHexStringLower(AtomicFile.Read(device, Path)!);
}
