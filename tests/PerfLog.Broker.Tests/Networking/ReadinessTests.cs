using PerfLog.Broker.Networking.Polling;

namespace PerfLog.Broker.Tests.Networking;

/// <summary>Goal: no signal is lost, whenever it comes, and none counts twice.</summary>
public sealed class ReadinessTests
{
    private readonly Readiness _readiness = new();

    [Fact]
    public void A_signal_before_the_wait_completes_it_at_once_and_only_once()
    {
        _readiness.Signal(onThisThread: true);
        _readiness.Signal(onThisThread: true);

        Assert.True(_readiness.WaitAsync().IsCompletedSuccessfully);
        Assert.False(_readiness.WaitAsync().IsCompleted);
    }

    [Fact]
    public void A_signal_that_was_forgotten_completes_no_wait()
    {
        _readiness.Signal(onThisThread: true);
        _readiness.Clear();

        Assert.False(_readiness.WaitAsync().IsCompleted);
    }

    [Fact]
    public Task A_wait_goes_on_within_the_call_that_signals() => Task.Run(() =>
    {
        int thread = 0;
        async Task WaitAsync()
        {
            await _readiness.WaitAsync();
            thread = Environment.CurrentManagedThreadId;
        }

        Task waiting = WaitAsync();
        Assert.False(waiting.IsCompleted);
        _readiness.Signal(onThisThread: true);

        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    });

    [Fact]
    public Task Signals_and_waits_of_two_threads_never_miss_each_other() => Task.Run(async () =>
    {
        const int Rounds = 100_000;
        var answers = new Readiness();
        async Task WaitAsync()
        {
            for (int round = 0; round < Rounds; round++)
            {
                await _readiness.WaitAsync();
                answers.Signal(onThisThread: false);
            }
        }

        Task waiting = Task.Run(WaitAsync);
        for (int round = 0; round < Rounds; round++)
        {
            _readiness.Signal(onThisThread: false);
            await answers.WaitAsync();
        }

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    });
}
