namespace PerfLog.Broker.Hosting;

/// <summary>
/// Keeps a host's synchronization context out of the broker: what a broker started by a user interface or a test runner does later must
/// not queue up for their threads.
/// </summary>
internal static class NoContext
{
    /// <summary>Begins work that goes on without the caller's context, which the caller itself keeps.</summary>
    public static Task Start(Func<Task> work)
    {
        SynchronizationContext? callers = SynchronizationContext.Current;
        if (callers is null) return work();
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return work();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(callers);
        }
    }
}
