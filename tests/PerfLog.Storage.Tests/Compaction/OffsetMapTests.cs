namespace PerfLog.Storage.Tests.Compaction;

public sealed class OffsetMapTests
{
    [Fact]
    public void The_latest_offset_of_each_key_is_found_and_unknown_keys_are_none()
    {
        OffsetMap map = new(bytesMax: 24 * 1_000, loadFactor: 0.9, seed: 1);
        map.Reset(500);
        for (int offset = 0; offset < 1_500; offset++) Assert.True(map.TryPut(Key(offset % 500), new Offset(offset)));

        Assert.Equal(500, map.Count);
        for (int key = 0; key < 500; key++) Assert.Equal(new Offset(1_000 + key), map.Find(Key(key)));
        Assert.Equal(Offset.None, map.Find(Key(500)));
    }

    [Fact]
    public void A_full_map_takes_no_new_key_but_known_ones()
    {
        OffsetMap map = new(bytesMax: 24 * 10, loadFactor: 0.5, seed: 1);
        map.Reset(long.MaxValue);

        for (int key = 0; key < 5; key++) Assert.True(map.TryPut(Key(key), new Offset(key)));

        Assert.False(map.TryPut(Key(5), new Offset(5)));
        Assert.True(map.TryPut(Key(3), new Offset(6)));
        Assert.Equal((new Offset(6), Offset.None), (map.Find(Key(3)), map.Find(Key(5))));
    }

    [Fact]
    public void A_reset_forgets_everything()
    {
        OffsetMap map = new(bytesMax: 24 * 100, loadFactor: 0.9, seed: 1);
        map.Reset(50);
        map.TryPut(Key(1), new Offset(0));

        map.Reset(20);

        Assert.Equal((Offset.None, 0), (map.Find(Key(1)), map.Count));
    }

    private static byte[] Key(int number) => BitConverter.GetBytes(number);
}
