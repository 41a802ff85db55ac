using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Protocol.Tests.Framing;

public sealed class FramingTests
{
    [Theory]
    [InlineData(ApiKey.Metadata, 8, 1, 0)]
    [InlineData(ApiKey.Metadata, 9, 2, 1)]
    [InlineData(ApiKey.ApiVersions, 2, 1, 0)]
    [InlineData(ApiKey.ApiVersions, 4, 2, 0)]
    [InlineData(ApiKey.SaslHandshake, 1, 1, 0)]
    [InlineData(ApiKey.OffsetDelete, 0, 1, 0)]
    [InlineData(ApiKey.ControlledShutdown, 0, 0, 0)]
    [InlineData((ApiKey)999, 0, 1, 0)]
    public void Header_versions_follow_from_key_and_version(ApiKey key, short version, short request, short response)
    {
        Assert.Equal(request, HeaderVersions.Request(key, version));
        Assert.Equal(response, HeaderVersions.Response(key, version));
    }

    [Theory]
    [InlineData(ApiKey.Metadata, 1)]
    [InlineData(ApiKey.Metadata, 12)]
    [InlineData(ApiKey.ControlledShutdown, 0)]
    public void A_request_header_agrees_with_its_message_class(ApiKey key, short version)
    {
        byte[] expected = Write(new RequestHeader
        {
            RequestApiKey = (short)key,
            RequestApiVersion = version,
            CorrelationId = 5,
            ClientId = "cid",
        }, HeaderVersions.Request(key, version));

        byte[] written = new byte[RequestFrame.HeaderSize(key, version, "cid")];
        WireWriter writer = new(written);
        RequestFrame.WriteHeader(ref writer, key, version, 5, "cid");

        Assert.Equal(expected, written);
        Assert.True(RequestFrameHeader.TryRead([.. written, 1, 2], out RequestFrameHeader header));
        Assert.Equal((key, version, 5, written.Length), (header.Key, header.Version, header.CorrelationId, header.BodyStart));
    }

    [Fact]
    public void A_header_cut_off_anywhere_is_refused()
    {
        byte[] header = new byte[RequestFrame.HeaderSize(ApiKey.Metadata, 12, "client")];
        WireWriter writer = new(header);
        RequestFrame.WriteHeader(ref writer, ApiKey.Metadata, 12, 5, "client");

        for (int length = 0; length < header.Length; length++) Assert.False(RequestFrameHeader.TryRead(header.AsSpan(0, length), out _));
    }

    [Fact]
    public void A_null_client_id_is_empty()
    {
        Assert.True(RequestFrameHeader.TryRead([0, 3, 0, 1, 0, 0, 0, 9, 0xff, 0xff], out RequestFrameHeader header));
        Assert.True(header.ClientId.IsEmpty);
        Assert.Equal(10, header.BodyStart);
    }

    /// <summary>Goal: an ApiVersions request of a protocol yet to come can be answered.</summary>
    [Fact]
    public void An_unknown_version_of_ApiVersions_yields_its_correlation_id()
    {
        Assert.True(RequestFrameHeader.TryRead([0, 18, 0, 99, 0, 0, 0, 9, 0, 1, (byte)'c', 0xff], out RequestFrameHeader header));
        Assert.Equal((ApiKey.ApiVersions, (short)99, 9), (header.Key, header.Version, header.CorrelationId));
    }

    [Fact]
    public void The_answer_to_an_unknown_version_is_that_of_version_0()
    {
        byte[] frame = new byte[UnsupportedApiVersions.FrameBytes];

        UnsupportedApiVersions.Write(frame, 7, 0, 4);

        Assert.Equal("00000010" + "00000007" + "0023" + "00000001" + "0012" + "0000" + "0004", Convert.ToHexString(frame));
    }

    [Fact]
    public void A_table_agrees_on_the_highest_version_of_both()
    {
        ApiVersionTable table = new([new(ApiKey.Fetch, 4, 16), new(ApiKey.Produce, 0, 11)]);

        Assert.Equal([ApiKey.Produce, ApiKey.Fetch], table.All.Select(static api => api.Key));
        Assert.True(table.TryAgree(ApiKey.Fetch, 0, 18, out short version));
        Assert.Equal(16, version);
        Assert.True(table.TryAgree(ApiKey.Fetch, 0, 11, out version));
        Assert.Equal(11, version);
        Assert.False(table.TryAgree(ApiKey.Fetch, 0, 3, out _));
        Assert.False(table.TryAgree(ApiKey.Fetch, 17, 18, out _));
        Assert.False(table.TryAgree(ApiKey.Metadata, 0, 12, out _));
        Assert.True(table.Supports(ApiKey.Produce, 0));
        Assert.False(table.Supports(ApiKey.Produce, 12));
    }

    [Fact]
    public void The_catalogue_knows_every_api()
    {
        Assert.True(ApiVersionCatalogue.TryFind(ApiKey.Fetch, out MessageVersions versions));
        Assert.Equal(new MessageVersions(0, 18, 12), versions);
        Assert.False(ApiVersionCatalogue.TryFind((ApiKey)(-1), out _));
        Assert.Equal(Enum.GetValues<ApiKey>(), ApiVersionCatalogue.Keys.ToArray());
    }

    private static byte[] Write(RequestHeader header, short version)
    {
        byte[] bytes = new byte[header.Size(version)];
        WireWriter writer = new(bytes);
        header.Write(ref writer, version);
        return bytes;
    }
}
