namespace PerfLog.Benchmarks.Broker.Frames;

/// <summary>
/// The requests that the figures need, as whole frames: built once, sent as they are. The versions are the newest that
/// name topics by name. Pure.
/// </summary>
internal static class RequestFrames
{
    public const short ProduceVersion = 9;
    public const short FetchVersion = 12;

    private const short ProduceKey = 0;
    private const short FetchKey = 1;
    private const short ApiVersionsKey = 18;
    private const short CreateTopicsKey = 19;
    private const int TimeoutMs = 30_000;

    public static byte[] ApiVersions(string clientId) =>
        FrameWriter.Frame(ApiVersionsKey, 0, flexible: false, clientId, 0, static (ref _) => { });

    public static byte[] CreateTopic(string topic, int partitions) =>
        FrameWriter.Frame(CreateTopicsKey, 4, flexible: false, "bench", 0, (ref writer) =>
        {
            writer.WriteArrayLength(1, compact: false);
            writer.WriteString(topic, compact: false);
            writer.WriteInt32(partitions);
            writer.WriteInt16(1);                              // replicas
            writer.WriteArrayLength(0, compact: false);        // assignments
            writer.WriteArrayLength(0, compact: false);        // configs
            writer.WriteInt32(TimeoutMs);
            writer.WriteBoolean(false);                        // validate only
        });

    /// <summary>One batch for partition 0, with acks=1.</summary>
    public static byte[] Produce(string topic, byte[] batch, string clientId = "bench") =>
        FrameWriter.Frame(ProduceKey, ProduceVersion, flexible: true, clientId, batch.Length, (ref writer) =>
        {
            writer.WriteString(null, compact: true);           // transactional id
            writer.WriteInt16(1);                              // acks
            writer.WriteInt32(TimeoutMs);
            writer.WriteArrayLength(1, compact: true);
            writer.WriteString(topic, compact: true);
            writer.WriteArrayLength(1, compact: true);
            writer.WriteInt32(0);                              // partition
            writer.WriteBytes(batch, compact: true);
            writer.WriteEmptyTaggedFields();
            writer.WriteEmptyTaggedFields();
            writer.WriteEmptyTaggedFields();
        });

    /// <summary>Partition 0 from <paramref name="offset"/>, without a session, answered at once.</summary>
    public static byte[] Fetch(string topic, long offset, int maxBytes, string clientId = "bench") =>
        FrameWriter.Frame(FetchKey, FetchVersion, flexible: true, clientId, 0, (ref writer) =>
        {
            writer.WriteInt32(-1);                             // replica: a consumer
            writer.WriteInt32(0);                              // max wait
            writer.WriteInt32(1);                              // min bytes
            writer.WriteInt32(maxBytes);
            writer.WriteInt8(0);                               // read uncommitted
            writer.WriteInt32(0);                              // session id, epoch: none
            writer.WriteInt32(-1);
            writer.WriteArrayLength(1, compact: true);
            writer.WriteString(topic, compact: true);
            writer.WriteArrayLength(1, compact: true);
            writer.WriteInt32(0);                              // partition
            writer.WriteInt32(-1);                             // current leader epoch
            writer.WriteInt64(offset);
            writer.WriteInt32(-1);                             // last fetched epoch
            writer.WriteInt64(-1);                             // log start offset
            writer.WriteInt32(maxBytes);
            writer.WriteEmptyTaggedFields();
            writer.WriteEmptyTaggedFields();
            writer.WriteArrayLength(0, compact: true);         // forgotten topics
            writer.WriteString("", compact: true);             // rack
            writer.WriteEmptyTaggedFields();
        });
}
