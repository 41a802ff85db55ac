using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Segments;

/// <summary>Goal: what was looked up once is found again without the file, and never anything that is not so.</summary>
public sealed class KnownBatchesTests
{
    [Fact]
    public void A_batch_is_known_at_its_place_in_its_segment_only()
    {
        KnownBatches known = new();
        int first = known.NextSegment(), second = known.NextSegment();

        known.Add(first, new FilePosition(100), new KnownBatch(7, 80));

        Assert.True(known.TryFind(first, new FilePosition(100), out KnownBatch found));
        Assert.Equal(new KnownBatch(7, 80), found);
        Assert.False(known.TryFind(second, new FilePosition(100), out _));
        Assert.False(known.TryFind(first, new FilePosition(180), out _));
    }

    [Fact]
    public void Threads_that_write_one_slot_never_show_a_reader_parts_of_two_batches()
    {
        // More places than slots, so that threads meet in them; each batch's numbers follow from its place.
        const int places = 200_000, rounds = 3, strideBytes = 64;
        KnownBatches known = new();
        int segment = known.NextSegment();
        int wrong = 0, hits = 0;
        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < places * rounds; i++)
            {
                int place = (int)((uint)(i * 7919 + thread * 31) % places) * strideBytes;
                if (thread % 2 == 0) known.Add(segment, new FilePosition(place), new KnownBatch(place + 1, place + 2));
                else if (known.TryFind(segment, new FilePosition(place), out KnownBatch found))
                {
                    Interlocked.Increment(ref hits);
                    if (found != new KnownBatch(place + 1, place + 2)) Interlocked.Increment(ref wrong);
                }
            }
        });

        Assert.Equal(0, wrong);
        Assert.True(hits > 0, "No reader found anything.");
    }

    [Fact]
    public async Task What_was_appended_or_looked_up_once_is_found_without_reading_the_file()
    {
        ReadCountingDevice device = new(new MemoryDevice(TestDirectory.Clock()));
        await using TestDirectory test = await TestDirectory.OpenAsync(device, TestDirectory.Clock());
        for (int i = 0; i < 50; i++) test.Append(TestBatch.Of(10, valueBytes: 1_000));
        Assert.Equal(0, ReadsOf(device, test));

        await test.RestartAsync();

        Assert.NotEqual(0, ReadsOf(device, test));
        Assert.Equal(0, ReadsOf(device, test));
    }

    [Fact]
    public async Task What_was_cut_off_is_not_found_again_though_it_was_known()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        for (int i = 0; i < 5; i++) test.Append(TestBatch.Of(10, valueBytes: 100));
        int before = Find(test, 25).Length;

        test.Log.TruncateTo(new Offset(20));
        test.Append(TestBatch.Of(7, valueBytes: 300));

        Assert.NotEqual(before, Find(test, 25).Length);
        Assert.True(test.Log.Read(new Offset(27), 1, test.Log.EndOffset, atLeastOneBatch: true).Region.IsEmpty);
    }

    private static int ReadsOf(ReadCountingDevice device, TestDirectory test)
    {
        int before = device.Reads;
        for (int offset = 0; offset < 500; offset += 3) Find(test, offset);
        return device.Reads - before;
    }

    private static FileRegion Find(TestDirectory test, long offset)
    {
        LogReadResult result = test.Log.Read(new Offset(offset), maxBytes: 1, test.Log.EndOffset, atLeastOneBatch: true);
        Assert.False(result.Region.IsEmpty);
        result.Region.Release();
        return result.Region;
    }
}
