using FsCheck.Xunit;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Epochs;

public sealed class LeaderEpochCacheTests
{
    /// <summary>Goal: the cache agrees with asking each record for its epoch.</summary>
    [Property]
    public void The_end_of_an_epoch_agrees_with_the_records(byte[] epochSteps, byte probe)
    {
        LeaderEpochCache cache = new(NewDevice(), "/");
        List<int> epochOfOffset = [];
        foreach (byte step in epochSteps)
        {
            int epoch = epochOfOffset.LastOrDefault() + step % 3;
            cache.Assign(new LeaderEpoch(epoch), new Offset(epochOfOffset.Count));
            epochOfOffset.Add(epoch);
        }

        int asked = probe % 40;
        EpochEndOffset found = cache.EndOffsetFor(new LeaderEpoch(asked), new Offset(epochOfOffset.Count));

        if (epochOfOffset.Count == 0 || asked > epochOfOffset[^1]) Assert.Equal(EpochEndOffset.Unknown, found);
        else Assert.Equal(epochOfOffset.Count(epoch => epoch <= asked), found.EndOffset.Value);
    }

    [Fact]
    public void A_new_epoch_drops_the_entries_that_it_contradicts()
    {
        LeaderEpochCache cache = CacheOf((1, 0), (3, 10), (5, 20));

        cache.Assign(new LeaderEpoch(4), new Offset(15));

        Assert.Equal([Entry(1, 0), Entry(3, 10), Entry(4, 15)], cache.Entries);
    }

    [Fact]
    public void Truncating_the_end_drops_the_epochs_that_start_there_or_later()
    {
        LeaderEpochCache cache = CacheOf((1, 0), (3, 10), (5, 20));
        cache.TruncateFromEnd(new Offset(10));
        Assert.Equal([Entry(1, 0)], cache.Entries);
    }

    [Fact]
    public void Truncating_the_start_keeps_the_epoch_that_it_falls_in()
    {
        LeaderEpochCache cache = CacheOf((1, 0), (3, 10), (5, 20));
        cache.TruncateFromStart(new Offset(15));
        Assert.Equal([Entry(3, 15), Entry(5, 20)], cache.Entries);
    }

    [Fact]
    public void An_epoch_below_the_first_ends_where_the_first_starts()
    {
        LeaderEpochCache cache = CacheOf((3, 10), (5, 20));
        Assert.Equal(new EpochEndOffset(new LeaderEpoch(2), new Offset(10)), cache.EndOffsetFor(new LeaderEpoch(2), new Offset(30)));
        Assert.Equal(new EpochEndOffset(new LeaderEpoch(3), new Offset(20)), cache.EndOffsetFor(new LeaderEpoch(4), new Offset(30)));
        Assert.Equal(new EpochEndOffset(new LeaderEpoch(5), new Offset(30)), cache.EndOffsetFor(new LeaderEpoch(5), new Offset(30)));
    }

    [Fact]
    public void The_file_has_a_version_a_count_and_a_line_for_each_epoch()
    {
        MemoryDevice device = NewDevice();
        LeaderEpochCache cache = new(device, "/");
        cache.Assign(new LeaderEpoch(1), new Offset(0));
        cache.Assign(new LeaderEpoch(3), new Offset(10));
        cache.Save();

        Assert.Equal("0\n2\n1 0\n3 10\n", AtomicFile.ReadText(device, "/leader-epoch-checkpoint"));
        LeaderEpochCache loaded = new(device, "/");
        loaded.Load();
        Assert.Equal(cache.Entries, loaded.Entries);
    }

    private static LeaderEpochCache CacheOf(params (int Epoch, long Start)[] entries)
    {
        LeaderEpochCache cache = new(NewDevice(), "/");
        foreach ((int epoch, long start) in entries) cache.Assign(new LeaderEpoch(epoch), new Offset(start));
        return cache;
    }

    private static EpochStart Entry(int epoch, long start) => new(new LeaderEpoch(epoch), new Offset(start));

    private static MemoryDevice NewDevice()
    {
        MemoryDevice device = new(TestDirectory.Clock());
        device.CreateDirectory("/");
        return device;
    }
}
