using FsCheck.Xunit;

namespace PerfLog.Replication.Tests;

public sealed class PartitionWaitersTests
{
    private readonly PartitionWaiters _waiters = new();

    [Fact]
    public void Everyone_who_waits_is_told_and_nobody_else()
    {
        CountingWaiter stays = new(), leaves = new();
        PartitionWait staying = new(), leaving = new();
        _waiters.Add(staying, stays);
        _waiters.Add(leaving, leaves);
        _waiters.Remove(leaving);

        _waiters.Signal();

        Assert.Equal((1, 0), (stays.Told, leaves.Told));
        Assert.True(staying.IsWaiting);
        Assert.False(leaving.IsWaiting);
    }

    [Fact]
    public void A_wait_can_be_used_again_but_not_twice_at_once()
    {
        CountingWaiter waiter = new();
        PartitionWait wait = new();
        _waiters.Add(wait, waiter);
        Assert.Throws<InvalidOperationException>(() => _waiters.Add(wait, waiter));

        _waiters.Remove(wait);
        _waiters.Remove(wait);
        _waiters.Add(wait, waiter);
        _waiters.Signal();

        Assert.Equal(1, waiter.Told);
    }

    /// <summary>Goal: whatever order they come and go in, the list holds exactly those who are in.</summary>
    [Property]
    public void Those_told_are_those_who_came_and_did_not_leave(byte[] comingsAndGoings)
    {
        var waiters = new PartitionWaiters();
        PartitionWait[] waits = [.. Enumerable.Range(0, 8).Select(static _ => new PartitionWait())];
        CountingWaiter[] owners = [.. Enumerable.Range(0, 8).Select(static _ => new CountingWaiter())];
        bool[] isIn = new bool[8];
        foreach (byte step in comingsAndGoings)
        {
            int who = step % 8;
            if (isIn[who]) waiters.Remove(waits[who]);
            else waiters.Add(waits[who], owners[who]);
            isIn[who] = !isIn[who];
        }

        waiters.Signal();

        Assert.Equal(isIn, owners.Select(static owner => owner.Told == 1));
    }

    [Fact]
    public void Coming_telling_and_going_allocate_nothing()
    {
        CountingWaiter waiter = new();
        PartitionWait wait = new();
        Pass(wait, waiter);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1_000; round++) Pass(wait, waiter);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Pass(PartitionWait wait, CountingWaiter waiter)
    {
        _waiters.Add(wait, waiter);
        _waiters.Signal();
        _waiters.Remove(wait);
    }

    private sealed class CountingWaiter : IPartitionWaiter
    {
        public int Told { get; private set; }

        public void OnProgress() => Told++;
    }
}
