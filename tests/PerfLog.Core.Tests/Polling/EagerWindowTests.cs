using Microsoft.Extensions.Time.Testing;
using PerfLog.Polling;

namespace PerfLog.Core.Tests.Polling;

public sealed class EagerWindowTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly EagerWindow _window;

    public EagerWindowTests() => _window = new EagerWindow(_time);

    [Fact]
    public void A_loop_that_has_seen_nothing_sleeps_at_once() => Assert.Equal(TimeSpan.Zero, _window.Open());

    [Fact]
    public void Requests_that_come_soon_open_it_up_to_its_limit()
    {
        Sleep(Soon);
        Assert.InRange(_window.Open(), TimeSpan.FromTicks(1), EagerWindow.Longest / 2);

        for (int i = 0; i < 10; i++) Sleep(Soon);
        Assert.Equal(EagerWindow.Longest, _window.Open());
    }

    [Fact]
    public void Requests_that_come_late_shut_it_after_a_few()
    {
        for (int i = 0; i < 10; i++) Sleep(Soon);
        for (int i = 0; i < 3; i++) Sleep(Late);
        Assert.Equal(TimeSpan.Zero, _window.Open());
    }

    [Fact]
    public void One_late_request_does_not_shut_it()
    {
        for (int i = 0; i < 10; i++) Sleep(Soon);
        Sleep(Late);
        Assert.NotEqual(TimeSpan.Zero, _window.Open());
    }

    [Fact]
    public void After_much_was_moved_the_loop_sleeps_at_once_for_a_while()
    {
        for (int i = 0; i < 10; i++) Sleep(Soon);
        Assert.False(_window.IsBulk);
        _window.Moved(EagerWindow.BulkBytes);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(_window.IsBulk);
            Assert.Equal(TimeSpan.Zero, _window.Open());
            _window.Moved(EagerWindow.BulkBytes - 1);
        }

        for (int i = 0; i < 10; i++) _window.Open();
        Assert.False(_window.IsBulk);
        Assert.Equal(EagerWindow.Longest, _window.Open());
    }

    private void Sleep(TimeSpan until)
    {
        long began = _time.GetTimestamp();
        _time.Advance(until);
        _window.Slept(began);
    }
}
