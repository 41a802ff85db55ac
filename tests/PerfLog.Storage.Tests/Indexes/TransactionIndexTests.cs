using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Indexes;

public sealed class TransactionIndexTests
{
    private const string Path = "/txnindex";

    [Fact]
    public void An_entry_has_a_version_and_four_numbers_big_endian()
    {
        MemoryDevice device = NewDevice();
        TransactionIndex.Empty(device, Path).Append(Aborted(1, 2, 3, 4));

        Assert.Equal(
            "0000" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004",
            Convert.ToHexStringLower(AtomicFile.Read(device, Path)!));
    }

    [Fact]
    public void Those_that_overlap_are_collected_until_all_before_the_bound_is_decided()
    {
        TransactionIndex index = TransactionIndex.Empty(NewDevice(), Path);
        AbortedTransaction early = Aborted(1, 0, 10, 5), middle = Aborted(2, 5, 20, 21), late = Aborted(3, 30, 40, 41);
        foreach (AbortedTransaction each in new[] { early, middle, late }) index.Append(each);

        Assert.True(Collect(index, 8, 21, [early, middle]));
        Assert.True(Collect(index, 11, 15, [middle]));
        Assert.False(Collect(index, 21, 100, [late]));
    }

    [Fact]
    public void Truncating_and_loading_keep_what_is_before()
    {
        MemoryDevice device = NewDevice();
        TransactionIndex index = TransactionIndex.Empty(device, Path);
        index.Append(Aborted(1, 0, 10, 11));
        index.Append(Aborted(2, 12, 20, 21));

        index.TruncateTo(new Offset(20));

        Assert.Equal([Aborted(1, 0, 10, 11)], TransactionIndex.Load(device, Path).Entries);
    }

    private static bool Collect(TransactionIndex index, long from, long upTo, AbortedTransaction[] expected)
    {
        List<AbortedTransaction> found = [];
        bool isDone = index.Collect(new Offset(from), new Offset(upTo), found);
        Assert.Equal(expected, found);
        return isDone;
    }

    private static AbortedTransaction Aborted(long producer, long first, long last, long stable) =>
        new(new ProducerId(producer), new Offset(first), new Offset(last), new Offset(stable));

    private static MemoryDevice NewDevice()
    {
        MemoryDevice device = new(TestDirectory.Clock());
        device.CreateDirectory("/");
        return device;
    }
}
