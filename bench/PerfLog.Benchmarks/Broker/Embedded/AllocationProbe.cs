using PerfLog.Benchmarks.Broker.Frames;

namespace PerfLog.Benchmarks.Broker.Embedded;

/// <summary>
/// What a broker in this process allocates per request: what the whole process allocated while requests were
/// served, less what this thread, the client, did.
/// </summary>
internal static class AllocationProbe
{
    public static double BytesPerRequest(FrameConnection connection, int requests, Action<FrameConnection> roundTrip)
    {
        Repeat(connection, requests, roundTrip);   // until code is compiled and pools are filled
        long clientBefore = GC.GetAllocatedBytesForCurrentThread();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Repeat(connection, requests, roundTrip);
        long after = GC.GetTotalAllocatedBytes(precise: true);
        long client = GC.GetAllocatedBytesForCurrentThread() - clientBefore;
        return Math.Max(0, after - before - client) / (double)requests;
    }

    private static void Repeat(FrameConnection connection, int requests, Action<FrameConnection> roundTrip)
    {
        for (int index = 0; index < requests; index++) roundTrip(connection);
    }
}
