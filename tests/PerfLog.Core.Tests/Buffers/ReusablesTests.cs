using PerfLog.Buffers;

namespace PerfLog.Core.Tests.Buffers;

public sealed class ReusablesTests
{
    [Fact]
    public void What_is_given_back_is_rented_again_and_the_rest_is_disposed()
    {
        int made = 0;
        var reusables = new Reusables<Thing>(() => new Thing(++made), places: 2);
        Thing first = reusables.Rent();
        Thing second = reusables.Rent();
        Thing third = reusables.Rent();

        reusables.GiveBack(first);
        reusables.GiveBack(second);
        reusables.GiveBack(third);

        Assert.Equal((3, false, false, true), (made, first.IsDisposed, second.IsDisposed, third.IsDisposed));
        Assert.Same(first, reusables.Rent());
        Assert.Same(second, reusables.Rent());
        Assert.Equal(4, reusables.Rent().Number);
    }

    private sealed class Thing(int number) : IDisposable
    {
        public int Number => number;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
