using Microsoft.Extensions.Time.Testing;
using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups;

public sealed class GroupTimersTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _woken = [];
    private readonly GroupTimers _timers;

    public GroupTimersTests() => _timers = new GroupTimers(group => _woken.Add(group.Id), _time);

    public void Dispose() => _timers.Dispose();

    [Fact]
    public void Groups_are_woken_in_the_order_of_their_times()
    {
        long now = Moment.Now(_time).TickMs;
        _timers.Schedule(New("late"), now + 300);
        _timers.Schedule(New("soon"), now + 100);
        _timers.Schedule(New("soon too"), now + 100);

        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Empty(_woken);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["soon", "soon too"], _woken);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(["soon", "soon too", "late"], _woken);
    }

    [Fact]
    public void A_group_is_woken_once_at_the_earliest_time_asked_for()
    {
        long now = Moment.Now(_time).TickMs;
        Group group = New("g");
        _timers.Schedule(group, now + 200);
        _timers.Schedule(group, now + 100);
        _timers.Schedule(group, now + 300);

        _time.Advance(TimeSpan.FromMilliseconds(1_000));

        Assert.Equal(["g"], _woken);
    }

    [Fact]
    public void Nothing_is_woken_for_a_time_that_never_comes()
    {
        _timers.Schedule(New("g"), Moment.Never);

        _time.Advance(TimeSpan.FromDays(1_000));

        Assert.Empty(_woken);
    }

    private static Group New(string id) => new(id, null!, new ClassicGroup(id, new ClassicGroupSettings()));
}
