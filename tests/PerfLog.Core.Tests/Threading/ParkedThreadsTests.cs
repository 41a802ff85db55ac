using PerfLog.Threading;

namespace PerfLog.Core.Tests.Threading;

public sealed class ParkedThreadsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ParkedThreads _threads = new(most: 1);

    [Fact]
    public async Task Work_is_done_by_the_same_thread_again_and_again()
    {
        Thread first = await DoAsync(static () => { });
        Assert.False(first.IsThreadPoolThread);
        for (int work = 0; work < 100; work++)
        {
            // It tells that it is done before it goes to sleep: only who comes after that finds it.
            while (first.ThreadState != (ThreadState.WaitSleepJoin | ThreadState.Background)) await Task.Yield();
            Assert.Same(first, await DoAsync(static () => { }));
        }
    }

    [Fact]
    public async Task Work_that_holds_up_its_thread_holds_up_nothing_else()
    {
        using var release = new ManualResetEventSlim();
        Task<Thread> holding = DoAsync(release.Wait);

        Thread other = await DoAsync(static () => { });
        Assert.True(other.IsThreadPoolThread);
        Assert.False(holding.IsCompleted);

        release.Set();
        Assert.NotSame(other, await holding);
    }

    [Fact]
    public async Task Everything_is_done_once_whoever_asks()
    {
        int done = 0;
        Task<Thread>[] doing = [.. Enumerable.Range(0, 1_000).Select(_ => Task.Run(() => DoAsync(() => Interlocked.Increment(ref done))))];

        await Task.WhenAll(doing).WaitAsync(Limit);
        Assert.Equal(doing.Length, done);
    }

    private Task<Thread> DoAsync(Action action)
    {
        var work = new Work(action);
        _threads.Run(work);
        return work.Done.WaitAsync(Limit);
    }

    private sealed class Work(Action action) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource<Thread> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Tells who did it.</summary>
        public Task<Thread> Done => _done.Task;

        public void Execute()
        {
            action();
            _done.SetResult(Thread.CurrentThread);
        }
    }
}
