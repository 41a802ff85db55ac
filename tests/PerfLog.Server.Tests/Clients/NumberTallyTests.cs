using PerfLog.Server.Clients;

namespace PerfLog.Server.Tests.Clients;

/// <summary>Goal: a check that never found anything proves nothing, so each thing that it looks for is put before it.</summary>
public sealed class NumberTallyTests
{
    private const int Partitions = 2;
    private const int Records = 10;

    [Fact]
    public void All_numbers_once_and_in_order_are_good()
    {
        NumberTally tally = Read([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

        Assert.True(tally.IsGood);
        Assert.Equal("10 records: 0 refused, 0 lost, 0 repeated, 0 out of order.", tally.ToString());
    }

    [Fact]
    public void Between_partitions_there_is_no_order()
    {
        Assert.True(Read([1, 3, 5, 7, 9, 0, 2, 4, 6, 8]).IsGood);
    }

    [Fact]
    public void A_loss_is_found()
    {
        NumberTally tally = Read([0, 1, 2, 3, 5, 6, 7, 8, 9]);

        Assert.Equal((false, 1, 0, 0), (tally.IsGood, tally.Lost, tally.Repeated, tally.Reordered));
    }

    [Fact]
    public void A_duplicate_is_found_even_behind_all_the_rest_and_does_not_make_up_for_a_loss()
    {
        NumberTally tally = Read([0, 1, 2, 3, 5, 6, 7, 8, 9, 2]);

        Assert.Equal((false, 1, 1, 0), (tally.IsGood, tally.Lost, tally.Repeated, tally.Reordered));
    }

    [Fact]
    public void A_later_number_before_an_earlier_one_of_its_partition_is_found()
    {
        NumberTally tally = Read([0, 1, 4, 3, 2, 5, 6, 7, 8, 9]);

        Assert.Equal((false, 0, 0, 1), (tally.IsGood, tally.Lost, tally.Repeated, tally.Reordered));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_refused_number_may_be_there_or_not(bool isThere)
    {
        NumberTally tally = new(Records, Partitions);
        tally.Refuse(9);
        Read(tally, isThere ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] : [0, 1, 2, 3, 4, 5, 6, 7, 8]);

        Assert.True(tally.IsGood);
        Assert.Equal(1, tally.Refused);
    }

    [Fact]
    public void What_was_not_written_is_counted_apart()
    {
        NumberTally tally = Read([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        tally.Read(0, 1);
        tally.Read(0, Records);
        tally.Read(1, -1);

        Assert.Equal((true, 3), (tally.IsGood, tally.Foreign));
    }

    private static NumberTally Read(long[] numbers)
    {
        NumberTally tally = new(Records, Partitions);
        Read(tally, numbers);
        return tally;
    }

    private static void Read(NumberTally tally, long[] numbers)
    {
        foreach (long number in numbers) tally.Read((int)(number % Partitions), number);
    }
}
