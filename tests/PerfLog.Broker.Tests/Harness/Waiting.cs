using Microsoft.Extensions.Time.Testing;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>Turns a fake clock while a real socket is watched: the one seam at which tests meet real time.</summary>
internal static class Waiting
{
    private const int StepsMax = 2_000;
    private const int RealMsPerStep = 5;

    /// <summary>Advances the clock step by step until the client hears something.</summary>
    /// <returns>How far the clock went.</returns>
    public static TimeSpan AdvanceUntilNews(this FakeTimeProvider time, RawClient client, TimeSpan step, Action? atEachStep = null)
    {
        DateTimeOffset start = time.GetUtcNow();
        for (int count = 0; count < StepsMax && !client.HasNews(RealMsPerStep); count++)
        {
            atEachStep?.Invoke();
            time.Advance(step);
        }

        Assert.True(client.HasNews(0), $"Nothing came within {time.GetUtcNow() - start}.");
        return time.GetUtcNow() - start;
    }

    /// <summary>Repeats what only becomes true when another thread has done its part.</summary>
    public static void Until(Func<bool> isTrue)
    {
        Assert.True(SpinWait.SpinUntil(isTrue, TimeSpan.FromSeconds(60)), "It did not become true.");
    }
}
