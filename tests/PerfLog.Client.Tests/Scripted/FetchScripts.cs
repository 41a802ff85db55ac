using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Scripted;

/// <summary>Reads fetch requests and answers them.</summary>
internal static class FetchScripts
{
    /// <summary>The offset that is asked for, of the only partition that the request names.</summary>
    public static long Offset(this Asked<FetchRequest> asked) =>
        Assert.Single(Assert.Single(asked.Request.Topics).Partitions).FetchOffset;

    /// <summary>Answers with one batch of numbered records.</summary>
    public static void Records(this Asked<FetchRequest> asked, long from, int count, int leaderEpoch = 1) => asked.Answer(Answer(new()
    {
        HighWatermark = from + count, Records = Batch(from, count, leaderEpoch),
    }));

    public static void Nothing(this Asked<FetchRequest> asked) => asked.Answer(Answer(new() { HighWatermark = 0, Records = [] }));

    public static void Refused(this Asked<FetchRequest> asked, ErrorCode error) => asked.Answer(Answer(new() { ErrorCode = error, Records = [] }));

    /// <summary>Recommends another broker to read from.</summary>
    public static void ReadFrom(this Asked<FetchRequest> asked, int replica) =>
        asked.Answer(Answer(new() { PreferredReadReplica = replica, Records = [] }));

    private static FetchResponse Answer(FetchResponse.PartitionData partition) =>
        new() { Responses = [new() { Topic = ScriptedCluster.Topic, Partitions = [partition] }] };

    private static byte[] Batch(long from, int count, int leaderEpoch)
    {
        using var builder = new RecordBatchBuilder(64 * 1024);
        builder.Begin(new BatchProperties { BaseOffset = new Offset(from), PartitionLeaderEpoch = new LeaderEpoch(leaderEpoch) });
        for (long number = from; number < from + count; number++)
            Assert.True(builder.TryAppend(new TimestampMs(1), OptionalBytes.Null, BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(number))));
        return builder.Build().ToArray();
    }
}
