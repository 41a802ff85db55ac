using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Producers;

public sealed class TransactionTests
{
    [Fact]
    public async Task An_open_transaction_holds_the_last_stable_offset_until_its_marker_is_committed()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        test.Append(TestBatch.Of(3));
        test.Append(TestBatch.From(9, 0, 0, isTransactional: true));
        test.Append(TestBatch.Of(2));
        Assert.Equal(new Offset(3), test.Log.LastStableOffset);

        await test.Log.AppendAsync(TestBatch.Marker(9, 0, isCommit: true), new LeaderEpoch(0));
        Assert.Equal(new Offset(3), test.Log.LastStableOffset);

        test.Log.AdvanceHighWatermark(test.Log.EndOffset);
        Assert.Equal(new Offset(7), test.Log.LastStableOffset);
        Assert.Empty(test.Log.AbortedTransactions(Offset.Zero, new Offset(7)));
    }

    [Fact]
    public async Task An_aborted_transaction_is_told_to_those_who_read_its_offsets()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        test.Append(TestBatch.Of(3));
        test.Append(TestBatch.From(9, 0, 0, isTransactional: true));
        test.Append(TestBatch.From(10, 0, 0, isTransactional: true));
        test.Append(TestBatch.Marker(9, 0, isCommit: false));

        AbortedTransaction expected = new(new ProducerId(9), new Offset(3), new Offset(5), new Offset(4));
        Assert.Equal([expected], test.Log.AbortedTransactions(Offset.Zero, new Offset(4)));
        Assert.Equal([expected], test.Log.AbortedTransactions(new Offset(5), new Offset(9)));
        Assert.Empty(test.Log.AbortedTransactions(Offset.Zero, new Offset(3)));
        Assert.Equal(new Offset(4), test.Log.LastStableOffset);
    }

    [Fact]
    public async Task A_plain_batch_inside_an_open_transaction_and_a_stale_coordinator_are_refused()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        test.Append(TestBatch.From(9, 2, 0, isTransactional: true));

        Assert.Equal(ErrorCode.InvalidTxnState, test.Append(TestBatch.From(9, 2, 1)).Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, test.Append(TestBatch.Marker(9, 1, isCommit: true)).Error);
        Assert.Equal(ErrorCode.None, test.Append(TestBatch.Marker(9, 2, isCommit: true, coordinatorEpoch: 6)).Error);
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, test.Append(TestBatch.Marker(9, 2, isCommit: true, coordinatorEpoch: 5)).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_and_aborted_transactions_survive_a_restart(bool isClean)
    {
        var time = TestDirectory.Clock();
        FaultyDevice device = new(8, time);
        TestDirectory test = await TestDirectory.OpenAsync(device, time, new LogOptions { SegmentBytes = 400 });
        test.Append(TestBatch.From(9, 0, 0, isTransactional: true));
        for (int i = 0; i < 4; i++) test.Append(TestBatch.Of(1, valueBytes: 100));
        test.Append(TestBatch.Marker(9, 0, isCommit: false));
        test.Append(TestBatch.From(10, 0, 0, isTransactional: true));
        for (int i = 0; i < 4; i++) test.Append(TestBatch.Of(1, valueBytes: 100));
        test.Log.Flush();
        IReadOnlyList<AbortedTransaction> before = test.Log.AbortedTransactions(Offset.Zero, test.Log.EndOffset);

        if (isClean)
        {
            await test.RestartAsync();
        }
        else
        {
            device.Crash();
            await test.ReopenAfterCrashAsync();
        }

        test.Log.AdvanceHighWatermark(test.Log.EndOffset);
        Assert.Single(before);
        Assert.Equal(before, test.Log.AbortedTransactions(Offset.Zero, test.Log.EndOffset));
        Assert.Equal(new Offset(6), test.Log.LastStableOffset);
        await test.DisposeAsync();
    }
}
