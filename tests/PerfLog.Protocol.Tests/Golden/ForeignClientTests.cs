using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Protocol.Tests.Golden;

/// <summary>
/// Goal: the frames that foreign clients really send are read whole, and written again as the very same bytes; so are the
/// answers that they understood.
/// </summary>
public sealed class ForeignClientTests
{
    private const string Clients = "foreign-clients.txt";

    public static TheoryData<string> Frames => [.. Vectors.All(Clients, "").Select(static frame => frame.Name)];

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_recorded_frame_is_read_whole_and_written_again(string name)
    {
        byte[] frame = Vectors.Find(Clients, name);
        string[] words = name.Split(' ');
        var key = Enum.Parse<ApiKey>(words[1]);
        short version = short.Parse(words[2][1..]);

        byte[] again = words[3] == "REQ" ? Again(key, version, frame) : AnswerAgain(key, version, frame);

        Assert.Equal(Convert.ToHexString(frame), Convert.ToHexString(again));
    }

    [Fact]
    public void Both_clients_are_recorded_asking_for_versions_and_metadata_producing_and_fetching()
    {
        string[] clients = [.. Vectors.All(Clients, "").Select(static frame => frame.Name.Split(' ')[0]).Distinct()];

        Assert.Equal(2, clients.Length);
        foreach (string client in clients)
        {
            foreach (ApiKey key in (ApiKey[])[ApiKey.ApiVersions, ApiKey.Metadata, ApiKey.Produce, ApiKey.Fetch])
                Assert.Equal(2, Vectors.All(Clients, $"{client} {key} ").Select(static frame => frame.Name.Split(' ')[3]).Distinct().Count());
        }
    }

    private static byte[] Again(ApiKey key, short version, byte[] frame)
    {
        Assert.True(RequestFrameHeader.TryRead(frame, out RequestFrameHeader header));
        Assert.Equal((key, version), (header.Key, header.Version));
        ReadOnlySpan<byte> body = frame.AsSpan(header.BodyStart);
        string clientId = System.Text.Encoding.UTF8.GetString(header.ClientId);
        return key switch
        {
            ApiKey.Produce => Write(Read<ProduceRequest>(body, version), header, clientId),
            ApiKey.Fetch => Write(Read<FetchRequest>(body, version), header, clientId),
            ApiKey.ListOffsets => Write(Read<ListOffsetsRequest>(body, version), header, clientId),
            ApiKey.Metadata => Write(Read<MetadataRequest>(body, version), header, clientId),
            ApiKey.FindCoordinator => Write(Read<FindCoordinatorRequest>(body, version), header, clientId),
            ApiKey.ApiVersions => Write(Read<ApiVersionsRequest>(body, version), header, clientId),
            ApiKey.InitProducerId => Write(Read<InitProducerIdRequest>(body, version), header, clientId),
            _ => throw new InvalidOperationException($"{key} was recorded but is not known here: add it."),
        };
    }

    private static byte[] AnswerAgain(ApiKey key, short version, byte[] frame) => key switch
    {
        ApiKey.Produce => AnswerAgain<ProduceResponse>(frame, version),
        ApiKey.Fetch => AnswerAgain<FetchResponse>(frame, version),
        ApiKey.ListOffsets => AnswerAgain<ListOffsetsResponse>(frame, version),
        ApiKey.Metadata => AnswerAgain<MetadataResponse>(frame, version),
        ApiKey.FindCoordinator => AnswerAgain<FindCoordinatorResponse>(frame, version),
        ApiKey.ApiVersions => AnswerAgain<ApiVersionsResponse>(frame, version),
        ApiKey.InitProducerId => AnswerAgain<InitProducerIdResponse>(frame, version),
        _ => throw new InvalidOperationException($"{key} was recorded but is not known here: add it."),
    };

    private static byte[] AnswerAgain<TResponse>(byte[] frame, short version)
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        var header = new WireReader(frame);
        int correlationId = ResponseFrame.ReadHeader(ref header, TResponse.ApiKey, version);
        TResponse response = Read<TResponse>(frame.AsSpan(header.Position), version);
        byte[] again = new byte[ResponseFrame.Size(response, version)];
        var writer = new WireWriter(again);
        ResponseFrame.Write(ref writer, response, version, correlationId, again.Length);
        return again[RequestFrame.LengthBytes..];
    }

    private static byte[] Write<TRequest>(TRequest request, in RequestFrameHeader header, string clientId)
        where TRequest : IRequestMessage
    {
        byte[] again = new byte[RequestFrame.Size(request, header.Version, clientId)];
        var writer = new WireWriter(again);
        RequestFrame.Write(ref writer, request, header.Version, header.CorrelationId, clientId, again.Length);
        return again[RequestFrame.LengthBytes..];
    }

    private static TMessage Read<TMessage>(ReadOnlySpan<byte> body, short version)
        where TMessage : IReadable<TMessage>
    {
        var reader = new WireReader(body);
        TMessage message = TMessage.Read(ref reader, version);
        Assert.False(reader.Failed, reader.Failure);
        Assert.Equal(0, reader.Remaining);
        return message;
    }
}
