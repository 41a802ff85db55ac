using PerfLog.Protocol.Messages;
using PerfLog.Protocol.Tests.Schemas;
using PerfLog.Wire;

namespace PerfLog.Protocol.Tests.Golden;

/// <summary>Goal: our bytes are the Java client's bytes, both ways.</summary>
public sealed class JavaClassesTests
{
    private const string Java = "java-classes.txt";

    private static readonly Uuid TopicId = Parse("mTn2Zk8zTvuQ0PZ0cL8x5A");

    [Theory]
    [InlineData("apiversions REQ API_VERSIONS v0 (no size prefix) [13]", 0)]
    [InlineData("apiversions REQ API_VERSIONS v3 (no size prefix) [39]", 3)]
    [InlineData("apiversions REQ API_VERSIONS v4 (no size prefix) [39]", 4)]
    public void ApiVersions_requests_are_the_same(string name, short version) => AssertFrame(
        name, version, 1, new ApiVersionsRequest { ClientSoftwareName = "apache-kafka-java", ClientSoftwareVersion = "4.0.0" });

    [Theory]
    [InlineData("metadata topics=[t1] REQ METADATA v1 (no size prefix) [21]", 1)]
    [InlineData("metadata topics=[t1] REQ METADATA v9 (no size prefix) [23]", 9)]
    [InlineData("metadata topics=[t1] REQ METADATA v12 (no size prefix) [38]", 12)]
    public void Metadata_requests_are_the_same(string name, short version) => AssertFrame(
        name, version, 2, new MetadataRequest { Topics = [new() { Name = "t1" }] });

    [Theory]
    [InlineData("fetch REQ FETCH v4 (no size prefix) [58]", 4)]
    [InlineData("fetch REQ FETCH v12 (no size prefix) [81]", 12)]
    [InlineData("fetch REQ FETCH v15 (no size prefix) [90]", 15)]
    public void Fetch_requests_are_the_same(string name, short version) => AssertFrame(name, version, 3, new FetchRequest
    {
        MaxWaitMs = 500,
        MinBytes = 1,
        MaxBytes = 1 << 20,
        IsolationLevel = 1,
        SessionEpoch = 0,
        Topics =
        [
            new()
            {
                Topic = "t1",
                TopicId = TopicId,
                Partitions = [new() { CurrentLeaderEpoch = version >= 9 ? 5 : -1, FetchOffset = 42, PartitionMaxBytes = 1 << 16 }],
            },
        ],
    });

    [Fact]
    public void An_ApiVersions_response_of_version_0_is_the_same() => AssertBody(
        "ApiVersionsResponse {0:0-11,18:0-4} v0 body [18]", 0, new ApiVersionsResponse
        {
            ApiKeys = [new() { ApiKey = 0, MinVersion = 0, MaxVersion = 11 }, new() { ApiKey = 18, MinVersion = 0, MaxVersion = 4 }],
        });

    [Fact]
    public void An_ApiVersions_response_with_features_is_the_same() => AssertBody(
        "ApiVersionsResponse features v4 body [53]", 4, new ApiVersionsResponse
        {
            ApiKeys = [new() { ApiKey = 18, MinVersion = 0, MaxVersion = 4 }],
            SupportedFeatures = [new() { Name = "transaction.version", MinVersion = 0, MaxVersion = 2 }],
            FinalizedFeaturesEpoch = 12,
        });

    [Theory]
    [InlineData("subscription v0 (with version prefix) [18]", 0)]
    [InlineData("subscription v1 (with version prefix) [38]", 1)]
    [InlineData("subscription v2 (with version prefix) [42]", 2)]
    [InlineData("subscription v3 (with version prefix) [44]", 3)]
    public void Subscriptions_are_the_same(string name, short version) => AssertPrefixed(name, version, new ConsumerProtocolSubscription
    {
        Topics = ["t1", "t2"],
        OwnedPartitions = version < 1 ? [] : [new() { Topic = "t1", Partitions = [0, 2] }],
        GenerationId = version < 2 ? -1 : 5,
    });

    [Fact]
    public void An_assignment_is_the_same() => AssertPrefixed("assignment v0 (with version prefix) [26]", 0, new ConsumerProtocolAssignment
    {
        AssignedPartitions = [new() { Topic = "t1", Partitions = [0, 1] }],
    });

    [Fact]
    public void Variable_length_integers_are_the_same()
    {
        foreach ((string name, byte[] bytes) in Vectors.All(Java, "varint ")) AssertNumber(name, bytes, static (ref WireWriter writer, long value) => writer.WriteVarint((int)value));
        foreach ((string name, byte[] bytes) in Vectors.All(Java, "varlong ")) AssertNumber(name, bytes, static (ref WireWriter writer, long value) => writer.WriteVarlong(value));
        foreach ((string name, byte[] bytes) in Vectors.All(Java, "uvarint ")) AssertNumber(name, bytes, static (ref WireWriter writer, long value) => writer.WriteUnsignedVarint((uint)value));
    }

    private delegate void NumberWriter(ref WireWriter writer, long value);

    private static void AssertNumber(string name, byte[] expected, NumberWriter write)
    {
        WireWriter writer = new(new byte[Varint.MaxBytes64]);
        write(ref writer, long.Parse(name.Split(' ')[1]));
        Assert.Equal(expected, writer.Written.ToArray());
    }

    private static void AssertFrame<T>(string name, short version, int correlationId, T request)
        where T : IRequestMessage, IReadable<T>
    {
        byte[] golden = Vectors.Find(Java, name);

        Assert.True(RequestFrameHeader.TryRead(golden, out RequestFrameHeader header));
        Assert.Equal((T.ApiKey, version, correlationId), (header.Key, header.Version, header.CorrelationId));
        Assert.Equal("cid"u8, header.ClientId);
        WireReader reader = new(golden.AsSpan(header.BodyStart));
        T read = T.Read(ref reader, version);
        Assert.False(reader.Failed);
        Assert.Equal(0, reader.Remaining);

        Assert.Equal(Convert.ToHexString(golden), Convert.ToHexString(Frame(request, version, correlationId)));
        Assert.Equal(Convert.ToHexString(golden), Convert.ToHexString(Frame(read, version, correlationId)));
    }

    private static byte[] Frame<T>(T request, short version, int correlationId)
        where T : IRequestMessage
    {
        byte[] frame = new byte[RequestFrame.Size(request, version, "cid")];
        WireWriter writer = new(frame);
        RequestFrame.Write(ref writer, request, version, correlationId, "cid", frame.Length);
        return frame[RequestFrame.LengthBytes..];
    }

    private static void AssertBody<T>(string name, short version, T message)
        where T : IProtocolMessage, IReadable<T>
    {
        byte[] golden = Vectors.Find(Java, name);
        AssertBytes(golden, version, message);
    }

    private static void AssertPrefixed<T>(string name, short version, T message)
        where T : IProtocolMessage, IReadable<T>
    {
        byte[] golden = Vectors.Find(Java, name);
        Assert.Equal(version, golden[1]);
        AssertBytes(golden[sizeof(short)..], version, message);
    }

    private static void AssertBytes<T>(byte[] golden, short version, T message)
        where T : IProtocolMessage, IReadable<T>
    {
        byte[] written = new byte[message.Size(version)];
        WireWriter writer = new(written);
        message.Write(ref writer, version);
        Assert.Equal(Convert.ToHexString(golden), Convert.ToHexString(written));
        WireReader reader = new(golden);
        Assert.Null(Difference.Find(message, T.Read(ref reader, version)));
        Assert.Equal(0, reader.Remaining);
    }

    private static Uuid Parse(string text) => Uuid.TryParse(text, out Uuid id) ? id : throw new FormatException(text);
}
