using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>What moving bytes to or from a server took: the time that passed, and the processor time of the server alone.</summary>
/// <param name="MegabytesPerSecond">Millions of bytes a second.</param>
/// <param name="ServerMsPerGiB">The server's processor time in milliseconds for each GiB, what the kernel did for it included.</param>
internal readonly record struct Transfer(double MegabytesPerSecond, double ServerMsPerGiB)
{
    /// <param name="server">Whose processor time is counted.</param>
    /// <param name="bytes">What <paramref name="work"/> moves.</param>
    /// <param name="work">Moves the bytes and returns the time that counts.</param>
    public static Transfer Measure(ServerProcess server, double bytes, Func<TimeSpan> work)
    {
        TimeSpan before = server.ProcessorTime();
        TimeSpan took = work();
        TimeSpan used = server.ProcessorTime() - before;
        return new Transfer(bytes / took.TotalSeconds / 1e6, used.TotalMilliseconds / (bytes / (1L << 30)));
    }

    public static Samples Speeds(IReadOnlyList<Transfer> rounds) => new([.. rounds.Select(static round => round.MegabytesPerSecond)]);

    public static Samples ServerTimes(IReadOnlyList<Transfer> rounds) => new([.. rounds.Select(static round => round.ServerMsPerGiB)]);
}
