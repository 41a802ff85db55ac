using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Producers;

public sealed class IdempotenceTests
{
    [Fact]
    public async Task Each_of_the_last_five_batches_sent_again_answers_its_first_offset_and_appends_nothing()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        for (int i = 0; i < 7; i++) test.Append(TestBatch.From(9, 0, 2 * i, records: 2));

        for (int i = 2; i < 7; i++)
        {
            AppendResult again = test.Append(TestBatch.From(9, 0, 2 * i, records: 2));
            Assert.Equal((ErrorCode.None, true, new Offset(2 * i)), (again.Error, again.Duplicate, again.BaseOffset));
        }

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, test.Append(TestBatch.From(9, 0, 2, records: 2)).Error);
        Assert.Equal(new Offset(14), test.Log.EndOffset);
    }

    [Fact]
    public async Task A_gap_is_out_of_order_and_the_sequence_goes_on_at_zero_after_its_end()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        Assert.Equal(ErrorCode.None, test.Append(TestBatch.From(9, 0, int.MaxValue)).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, test.Append(TestBatch.From(9, 0, 1)).Error);
        Assert.Equal(ErrorCode.None, test.Append(TestBatch.From(9, 0, 0)).Error);
    }

    [Fact]
    public async Task An_old_epoch_is_refused_and_a_new_one_starts_at_zero()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        test.Append(TestBatch.From(9, 3, 0));

        Assert.Equal(ErrorCode.InvalidProducerEpoch, test.Append(TestBatch.From(9, 2, 1)).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, test.Append(TestBatch.From(9, 4, 1)).Error);
        Assert.Equal(ErrorCode.None, test.Append(TestBatch.From(9, 4, 0)).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_keeps_the_last_batch_whether_clean_or_not(bool isClean)
    {
        var time = TestDirectory.Clock();
        FaultyDevice device = new(5, time);
        TestDirectory test = await TestDirectory.OpenAsync(device, time, new LogOptions { SegmentBytes = 400 });
        for (int i = 0; i < 9; i++) test.Append(TestBatch.From(9, 0, i));
        test.Log.Flush();

        if (isClean)
        {
            await test.RestartAsync();
        }
        else
        {
            device.Crash();
            await test.ReopenAfterCrashAsync();
        }

        AppendResult again = test.Append(TestBatch.From(9, 0, 8));
        Assert.Equal((true, new Offset(8)), (again.Duplicate, again.BaseOffset));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, test.Append(TestBatch.From(9, 0, 10)).Error);
        Assert.Equal(ErrorCode.None, test.Append(TestBatch.From(9, 0, 9)).Error);
        await test.DisposeAsync();
    }

    [Fact]
    public async Task A_silent_producer_is_forgotten()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(new LogOptions { ProducerIdExpirationMs = 1_000 });
        test.Append(TestBatch.From(9, 0, 0, timestampMs: test.Now.Value));
        test.Housekeep();
        Assert.Single(test.Log.DescribeProducers());

        test.Time.Advance(TimeSpan.FromSeconds(1));
        test.Housekeep();

        Assert.Empty(test.Log.DescribeProducers());
        Assert.Equal(ErrorCode.None, test.Append(TestBatch.From(9, 0, 77)).Error);
    }

    [Fact]
    public async Task Truncation_takes_back_what_the_removed_batches_said()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        for (int i = 0; i < 4; i++) test.Append(TestBatch.From(9, 0, i));

        test.Log.TruncateTo(new Offset(2));

        AppendResult next = test.Append(TestBatch.From(9, 0, 2));
        Assert.Equal((false, new Offset(2)), (next.Duplicate, next.BaseOffset));
    }
}
