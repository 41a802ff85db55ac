using FsCheck.Xunit;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Indexes;

public sealed class TimeIndexTests
{
    private const string Path = "/timeindex";

    [Property]
    public void Floor_agrees_with_a_linear_scan(ushort[] times, ushort probe)
    {
        long[] sorted = [.. times.Select(static time => (long)time).Distinct().Order()];
        using TimeIndex index = new(NewDevice(), Path, TimeIndex.EntryBytes * (sorted.Length + 2), 0);
        for (int i = 0; i < sorted.Length; i++) index.Append(new TimestampMs(sorted[i]), i + 1);

        int expected = sorted.Count(time => time <= probe);

        Assert.Equal(expected, index.Floor(new TimestampMs(probe)));
    }

    [Fact]
    public void An_entry_is_a_time_and_an_offset_big_endian()
    {
        MemoryDevice device = NewDevice();
        TimeIndex index = new(device, Path, 120, 0);
        index.Append(new TimestampMs(0x0102030405060708), 0x090a0b0c);
        index.Seal();

        Assert.Equal("0102030405060708090a0b0c", Convert.ToHexStringLower(AtomicFile.Read(device, Path)!));
    }

    [Fact]
    public void A_time_that_is_not_higher_adds_nothing_and_no_time_adds_nothing()
    {
        using TimeIndex index = new(NewDevice(), Path, 120, 0);
        index.Append(TimestampMs.None, 1);
        index.Append(new TimestampMs(5), 2);
        index.Append(new TimestampMs(5), 3);
        index.Append(new TimestampMs(4), 4);

        Assert.Equal((1, new TimestampMs(5), 2), (index.Count, index.Last.Timestamp, index.Last.RelativeOffset));
    }

    [Fact]
    public void The_last_slot_is_kept_for_the_closing_entry()
    {
        using TimeIndex index = new(NewDevice(), Path, 2 * TimeIndex.EntryBytes, 0);
        index.Append(new TimestampMs(1), 1);
        Assert.True(index.IsFull);
        index.Append(new TimestampMs(2), 2);
        Assert.Equal(1, index.Count);

        index.Append(new TimestampMs(3), 3, closing: true);

        Assert.Equal(new TimestampMs(3), index.Last.Timestamp);
    }

    private static MemoryDevice NewDevice()
    {
        MemoryDevice device = new(TestDirectory.Clock());
        device.CreateDirectory("/");
        return device;
    }
}
