using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.BadInput;

/// <summary>
/// Goal: bytes that are no request close their own connection, with one line in the log that says why, and harm nobody else.
/// </summary>
public sealed class MalformedFrameTests
{
    private const short Produce = 0;
    private const short Fetch = 1;
    private const short Metadata = 3;

    private static readonly Dictionary<string, (byte[] Bytes, string Reason)> Streams = new()
    {
        ["a size of -1"] = (new FrameBytes().Int32(-1).Bare(), "socket.request.max.bytes"),
        ["the smallest size"] = (new FrameBytes().Int32(int.MinValue).Bare(), "socket.request.max.bytes"),
        ["a size over the limit"] = (new FrameBytes().Int32(104_857_601).Bare(), "socket.request.max.bytes"),
        ["the largest size"] = (new FrameBytes().Int32(int.MaxValue).Raw(1, 2, 3).Bare(), "socket.request.max.bytes"),
        ["a web browser"] = ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), "socket.request.max.bytes"),
        ["a TLS greeting"] = ([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01], "socket.request.max.bytes"),
        ["an empty frame"] = (new FrameBytes().Framed(), "no request"),
        ["a frame too short for a header"] = (new FrameBytes().Int16(Metadata).Raw(0).Framed(), "no request"),
        ["a header without a client id"] = (new FrameBytes().Int16(Metadata).Int16(1).Int32(7).Framed(), "no request"),
        ["a client id longer than the frame"] = (new FrameBytes().Int16(Metadata).Int16(1).Int32(7).Int16(1000).Raw(65).Framed(), "no request"),
        ["a client id of length -2"] = (new FrameBytes().Int16(Metadata).Int16(1).Int32(7).Int16(-2).Framed(), "no request"),
        ["an api key that nobody knows"] = (FrameBytes.Header(9_999, 0).Framed(), "api key 9999"),
        ["a negative api key"] = (FrameBytes.Header(-1, 0).Framed(), "api key -1"),
        ["an api that is not served"] = (FrameBytes.Header(4, 0).Framed(), "api key 4"),
        ["a version that is too high"] = (FrameBytes.Header(Metadata, 99).Framed(), "Metadata version 99"),
        ["a negative version"] = (FrameBytes.Header(Produce, -1).Framed(), "Produce version -1"),
        ["a tag count that ends early"] = (FrameBytes.Header(Metadata, 12).Raw(0x80).Framed(), "no request"),
        ["an overlong tag count"] = (FrameBytes.Header(Metadata, 12).Raw(0x80, 0x80, 0x80, 0x80, 0x80, 0x01).Framed(), "no request"),
        ["a tag larger than the frame"] = (FrameBytes.Header(Metadata, 12).Raw(1, 5, 100, 1).Framed(), "no request"),
        ["tags in the wrong order"] = (FrameBytes.Header(Metadata, 12).Raw(2, 5, 0, 4, 0).Framed(), "no request"),
        ["a count of two billion"] = (FrameBytes.Header(Metadata, 1).Int32(int.MaxValue).Framed(), "malformed Metadata"),
        ["a count of -2"] = (FrameBytes.Header(Metadata, 1).Int32(-2).Framed(), "malformed Metadata"),
        ["a count of more than there is"] = (FrameBytes.Header(Metadata, 1).Int32(2).String("one").Framed(), "malformed Metadata"),
        ["an overlong compact count"] = (FrameBytes.Header(Metadata, 9).Raw(0, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f).Framed(), "malformed Metadata"),
        ["a compact count of four billion"] = (FrameBytes.Header(Metadata, 9).Raw(0, 0xff, 0xff, 0xff, 0xff, 0x0f).Framed(), "malformed Metadata"),
        ["a name that is not UTF-8"] = (FrameBytes.Header(Metadata, 1).Int32(1).Int16(2).Raw(0xc3, 0x28).Framed(), "malformed Metadata"),
        ["a null where none may be"] = (FrameBytes.Header(Metadata, 1).Int32(1).Int16(-1).Framed(), "malformed Metadata"),
        ["a produce that ends early"] = (FrameBytes.Header(Produce, 3).Int16(-1).Int16(1).Framed(), "malformed Produce"),
        ["records longer than the frame"] =
            (FrameBytes.Header(Produce, 3).Int16(-1).Int16(1).Int32(1000).Int32(1).String("t").Int32(1).Int32(0).Int32(int.MaxValue).Framed(), "malformed Produce"),
        ["records of length -2"] =
            (FrameBytes.Header(Produce, 3).Int16(-1).Int16(1).Int32(1000).Int32(1).String("t").Int32(1).Int32(0).Int32(-2).Framed(), "malformed Produce"),
        ["a million topics in a small produce"] = (FrameBytes.Header(Produce, 3).Int16(-1).Int16(1).Int32(1000).Int32(1_000_000).Framed(), "malformed Produce"),
        ["a million partitions in a small fetch"] =
            (FrameBytes.Header(Fetch, 4).Int32(-1).Int32(0).Int32(1).Int32(1000).Raw(0).Int32(1).String("t").Int32(1_000_000).Framed(), "malformed Fetch"),
        ["a malformed ApiVersions"] = (FrameBytes.Header(18, 3).Raw(0, 50, 65).Framed(), "malformed ApiVersions"),
    };

    public static TheoryData<string> StreamNames => [.. Streams.Keys];

    [Theory]
    [MemberData(nameof(StreamNames))]
    public async Task A_malformed_stream_closes_its_connection_with_one_warning(string name)
    {
        (byte[] bytes, string reason) = Streams[name];
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        client.SendBytes(bytes);

        Assert.True(client.IsClosedByBroker());
        broker.AssertOneWarning(reason);
    }

    [Fact]
    public async Task Random_bytes_close_the_connection()
    {
        var random = new Random(20_260_101);
        await using TestBroker broker = await TestBroker.StartAsync();
        for (int round = 1; round <= 50; round++)
        {
            byte[] garbage = new byte[random.Next(8, 5_000)];
            random.NextBytes(garbage);
            garbage[0] = (byte)random.Next(0x07, 0x100);
            using RawClient client = broker.Connect();

            client.TrySendBytes(garbage);

            Assert.True(client.IsClosedByBroker());
            Waiting.Until(() => broker.Log.Warnings.Length == round);
        }

        Assert.Empty(broker.Log.Errors);
        broker.AssertServes();
    }

    [Fact]
    public async Task Good_requests_before_a_bad_one_are_answered()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        client.SendBytes(
        [
            .. RawClient.Frame(new ApiVersionsRequest(), 0, correlationId: 1),
            .. RawClient.Frame(new MetadataRequest { Topics = [] }, 1, correlationId: 2),
            .. new FrameBytes().Int32(-1).Bare(),
        ]);

        Assert.Equal(ErrorCode.None, client.Receive<ApiVersionsResponse>(0, 1).ErrorCode);
        Assert.Single(client.Receive<MetadataResponse>(1, 2).Brokers);
        Assert.True(client.IsClosedByBroker());
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_a_frame_is_not_worth_a_warning()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using (RawClient client = broker.Connect())
        {
            client.SendBytes(new FrameBytes().Int32(1_000).Int16(Metadata).Bare());
            client.FinishSending();
            Assert.True(client.IsClosedByBroker());
        }

        broker.AssertServes();
        Assert.Empty(broker.Log.Warnings);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(99)]
    [InlineData(short.MaxValue)]
    [InlineData(-1)]
    public async Task ApiVersions_of_an_unknown_version_is_answered_byte_for_byte_in_version_0(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        client.SendBytes(FrameBytes.Header(18, version, correlationId: 0x01020304).Raw(0, 4, 65, 66, 67, 2, 49, 0).Framed());

        byte[] expected = [1, 2, 3, 4, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 4];
        Assert.Equal(expected, client.ReceiveFrame());

        // The client asks again on the same connection with what it has learnt.
        var again = client.Call<ApiVersionsRequest, ApiVersionsResponse>(
            new ApiVersionsRequest { ClientSoftwareName = "raw", ClientSoftwareVersion = "1.0" }, 4);
        Assert.Equal(ErrorCode.None, again.ErrorCode);
        Assert.Contains(again.ApiKeys, static api => api.ApiKey == (short)ApiKey.ApiVersions && api is { MinVersion: 0, MaxVersion: 4 });
        Assert.Empty(broker.Log.Warnings);
    }

    [Theory]
    [InlineData("", "1.0")]
    [InlineData("raw", "")]
    [InlineData("-raw", "1.0")]
    [InlineData("raw client", "1.0")]
    [InlineData("raw", "1.0\n")]
    public async Task A_badly_named_client_is_told_so_and_may_go_on(string name, string version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        var answer = client.Call<ApiVersionsRequest, ApiVersionsResponse>(
            new ApiVersionsRequest { ClientSoftwareName = name, ClientSoftwareVersion = version }, 3);

        Assert.Equal(ErrorCode.InvalidRequest, answer.ErrorCode);
        Assert.Single(client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12).Brokers);
    }

    [Fact]
    public async Task Unknown_tags_are_skipped()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        // Header: one tag of 2 bytes. Body: no topics, no creation, no operations, then one tag of 1 byte.
        client.SendBytes(FrameBytes.Header(Metadata, 12, 5).Raw(1, 77, 2, 1, 2).Raw(1, 0, 0).Raw(1, 99, 1, 3).Framed());

        Assert.Single(client.Receive<MetadataResponse>(12, 5).Brokers);
    }
}
