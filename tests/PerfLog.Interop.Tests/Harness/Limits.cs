namespace PerfLog.Interop;

/// <summary>How long the tests wait for anything before they fail.</summary>
internal static class Limits
{
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Operation = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Program = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the condition holds; fails naming <paramref name="what"/> when it does not in time.</summary>
    public static async Task UntilAsync(string what, Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Operation);
        while (!condition())
        {
            if (deadline.IsCancellationRequested) Assert.Fail($"Not within {Operation.TotalSeconds} s: {what}.");
            await Task.Delay(PollInterval);
        }
    }

    /// <summary>Awaits the task; fails naming <paramref name="what"/> when it takes too long.</summary>
    public static async Task<T> WithinAsync<T>(string what, Task<T> task)
    {
        try
        {
            return await task.WaitAsync(Operation);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Not within {Operation.TotalSeconds} s: {what}.");
            throw;
        }
    }
}
