using PerfLog.Threading;

namespace PerfLog.Core.Tests.Threading;

/// <summary>Goal: no signal is lost, whenever it comes, and none counts twice.</summary>
public sealed class AsyncSignalTests
{
    private readonly AsyncSignal _signal = new();

    [Fact]
    public void A_signal_before_the_wait_completes_it_at_once_and_only_once()
    {
        _signal.SetAndRun();
        _signal.SetAndRun();

        Assert.True(_signal.WaitAsync().IsCompletedSuccessfully);
        Assert.False(_signal.WaitAsync().IsCompleted);
    }

    [Fact]
    public void A_signal_that_was_forgotten_completes_no_wait()
    {
        _signal.SetAndRun();
        _signal.Clear();

        Assert.False(_signal.WaitAsync().IsCompleted);
    }

    [Fact]
    public Task A_wait_goes_on_within_the_call_that_signals() => Task.Run(() =>
    {
        int thread = 0;
        async Task WaitAsync()
        {
            await _signal.WaitAsync();
            thread = Environment.CurrentManagedThreadId;
        }

        Task waiting = WaitAsync();
        Assert.False(waiting.IsCompleted);
        _signal.SetAndRun();

        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    });

    [Fact]
    public Task Signals_and_waits_of_two_threads_never_miss_each_other() => Task.Run(async () =>
    {
        const int Rounds = 100_000;
        var answers = new AsyncSignal();
        async Task WaitAsync()
        {
            for (int round = 0; round < Rounds; round++)
            {
                await _signal.WaitAsync();
                answers.Set();
            }
        }

        Task waiting = Task.Run(WaitAsync);
        for (int round = 0; round < Rounds; round++)
        {
            _signal.Set();
            await answers.WaitAsync();
        }

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    });
}
