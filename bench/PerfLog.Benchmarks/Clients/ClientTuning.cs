namespace PerfLog.Benchmarks.Clients;

/// <summary>
/// What both libraries are set to: waiting and memory are the same, the size of a batch is each one's best. All else is
/// its default, except where that would hold it back.
/// </summary>
internal static class ClientTuning
{
    public const int BufferBytes = 32 << 20;
    public const int PrefetchBytes = 64 << 20;
    public const int PerfLogBatchBytes = 128 << 10;

    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);

    public static int ConfluentBatchBytes(int valueBytes) => valueBytes < 1024 ? 256 << 10 : 1_000_000;

    /// <summary>As many records as fill the memory for records once, so that its making is not measured.</summary>
    public static int WarmUpRecords(int valueBytes) => BufferBytes / valueBytes * 5 / 4;
}
