using Microsoft.Extensions.Time.Testing;
using PerfLog.Buffers;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Protocol.Tests.Connections;

public sealed class BrokerConnectionTests
{
    private static readonly ApiVersionsResponse Versions = new()
    {
        ApiKeys =
        [
            new() { ApiKey = (short)ApiKey.Metadata, MinVersion = 0, MaxVersion = 9 },
            new() { ApiKey = (short)ApiKey.ApiVersions, MinVersion = 0, MaxVersion = 3 },
            new() { ApiKey = (short)ApiKey.Fetch, MinVersion = 99, MaxVersion = 100 },
        ],
    };

    [Fact]
    public async Task It_speaks_the_highest_version_of_both()
    {
        await using ScriptedBroker broker = new();
        await using BrokerConnection connection = await ConnectAsync(broker);

        Assert.Equal(9, connection.VersionOf<MetadataRequest>());
        Assert.Equal(4, connection.VersionOf<MetadataRequest>(highest: 4));
        Assert.Contains("Fetch 99 to 100", Assert.Throws<UnsupportedApiException>(() => connection.VersionOf<FetchRequest>()).Message, StringComparison.Ordinal);
        Assert.Contains("does not offer Produce", Assert.Throws<UnsupportedApiException>(() => connection.VersionOf<ProduceRequest>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_refuses_the_version_is_asked_again_in_one_it_knows()
    {
        await using ScriptedBroker broker = new();
        Task<BrokerConnection> connecting = BrokerConnection.ConnectAsync("127.0.0.1", broker.Port, new());
        await broker.AcceptAsync();
        byte[] first = (await broker.ReadAsync())!;
        byte[] refusal = new byte[UnsupportedApiVersions.FrameBytes];
        UnsupportedApiVersions.Write(refusal, ScriptedBroker.CorrelationIdOf(first), 0, 2);
        await broker.SendAsync(refusal);
        byte[] second = (await broker.ReadAsync())!;
        await broker.AnswerAsync(Versions, 2, ScriptedBroker.CorrelationIdOf(second));
        await using BrokerConnection connection = await connecting;

        Assert.Equal(4, ScriptedBroker.VersionOf(first));
        Assert.Equal(2, ScriptedBroker.VersionOf(second));
        Assert.True(connection.BrokerVersions.Supports(ApiKey.Metadata, 9));
    }

    [Fact]
    public async Task Many_requests_in_flight_each_get_their_own_answer()
    {
        await using ScriptedBroker broker = new();
        await using BrokerConnection connection = await ConnectAsync(broker);
        Task<MetadataResponse>[] asked = [.. Enumerable.Range(0, 20).Select(_ => AskAsync(connection))];

        List<byte[]> requests = [];
        while (requests.Count < asked.Length) requests.Add((await broker.ReadAsync())!);
        byte[] answers = [.. requests.SelectMany(static request => ScriptedBroker.Frame(
            new MetadataResponse { ControllerId = ScriptedBroker.CorrelationIdOf(request) }, 9, ScriptedBroker.CorrelationIdOf(request)))];
        await broker.SendAsync(answers[..37]);
        await broker.SendAsync(answers[37..]);

        MetadataResponse[] got = await Task.WhenAll(asked);
        Assert.Equal(requests.Select(ScriptedBroker.CorrelationIdOf).Order(), got.Select(static response => response.ControllerId).Order());
    }

    [Fact]
    public async Task What_nobody_answers_arrives_whole_although_the_connection_is_closed_right_after()
    {
        const int Frames = 30;
        await using ScriptedBroker broker = new();
        BrokerConnection connection = await ConnectAsync(broker);

        // Far more than the broker has taken from its socket when the last frame is written.
        byte[] frame = new byte[64 * 1024];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));
        for (int sent = 0; sent < Frames; sent++) await connection.SendUnansweredFrameAsync(frame);
        Task closing = connection.DisposeAsync().AsTask();

        int arrived = 0;
        while (await broker.ReadAsync() is not null) arrived++;
        broker.Hang();

        Assert.Equal(Frames, arrived);
        await closing.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task When_the_broker_hangs_up_all_that_wait_fail_and_all_that_come_later()
    {
        await using ScriptedBroker broker = new();
        await using BrokerConnection connection = await ConnectAsync(broker);
        Task<MetadataResponse>[] asked = [AskAsync(connection), AskAsync(connection)];
        await broker.ReadAsync();
        await broker.ReadAsync();

        broker.Hang();

        foreach (Task<MetadataResponse> each in asked)
        {
            BrokerConnectionException failure = await Assert.ThrowsAsync<BrokerConnectionException>(() => each);
            Assert.Contains($"127.0.0.1:{broker.Port}", failure.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<BrokerConnectionException>(() => AskAsync(connection));
    }

    [Fact]
    public async Task A_broker_that_answers_in_TLS_is_named_as_such()
    {
        await using ScriptedBroker broker = new();
        Task<BrokerConnection> connecting = BrokerConnection.ConnectAsync("127.0.0.1", broker.Port, new());
        await broker.AcceptAsync();
        await broker.ReadAsync();

        // The alert "internal error".
        await broker.SendAsync(Convert.FromHexString("15030300020250"));

        BrokerConnectionException failure = await Assert.ThrowsAsync<BrokerConnectionException>(() => connecting);
        Assert.Contains("speaks TLS on this port: set security.protocol", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7fffffff")]
    [InlineData("ffffffff")]
    [InlineData("00000003")]
    [InlineData("0000000400000063")]
    public async Task A_response_that_cannot_be_one_ends_the_connection(string hex)
    {
        await using ScriptedBroker broker = new();
        await using BrokerConnection connection = await ConnectAsync(broker);
        Task<MetadataResponse> asked = AskAsync(connection);
        await broker.ReadAsync();

        await broker.SendAsync(Convert.FromHexString(hex));

        await Assert.ThrowsAsync<BrokerConnectionException>(() => asked);
        Assert.Null(await broker.ReadAsync());
    }

    [Fact]
    public async Task No_answer_in_time_ends_the_connection()
    {
        FakeTimeProvider time = new();
        await using ScriptedBroker broker = new();
        await using BrokerConnection connection = await ConnectAsync(broker, new() { Time = time, RequestTimeout = TimeSpan.FromSeconds(5) });
        Task<MetadataResponse> asked = AskAsync(connection);
        await broker.ReadAsync();

        // The clock goes on until the sender, which may still be about to start its wait, has had its five seconds.
        while (!asked.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Contains("within 5 s", (await Assert.ThrowsAsync<BrokerConnectionException>(() => asked)).Message, StringComparison.Ordinal);
        Assert.Null(await broker.ReadAsync());
    }

    [Fact]
    public async Task A_request_that_was_given_up_does_not_disturb_the_next()
    {
        await using ScriptedBroker broker = new();
        await using BrokerConnection connection = await ConnectAsync(broker, new() { InFlightMax = 2 });
        using CancellationTokenSource cancellation = new();
        Task<MetadataResponse> givenUp = connection.SendAsync<MetadataRequest, MetadataResponse>(new(), 9, cancellation.Token).AsTask();
        byte[] first = (await broker.ReadAsync())!;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        Task<MetadataResponse> next = AskAsync(connection);
        byte[] second = (await broker.ReadAsync())!;

        await broker.AnswerAsync(new MetadataResponse { ControllerId = 1 }, 9, ScriptedBroker.CorrelationIdOf(first));
        await broker.AnswerAsync(new MetadataResponse { ControllerId = 2 }, 9, ScriptedBroker.CorrelationIdOf(second));

        Assert.Equal(2, (await next).ControllerId);
    }

    [Fact]
    public async Task Requests_over_the_limit_wait_for_an_answer()
    {
        await using ScriptedBroker broker = new();
        await using BrokerConnection connection = await ConnectAsync(broker, new() { InFlightMax = 1 });
        Task<MetadataResponse> first = AskAsync(connection), second = AskAsync(connection);
        byte[] request = (await broker.ReadAsync())!;
        Task<byte[]?> next = broker.ReadAsync();
        Assert.False(next.IsCompleted);

        await broker.AnswerAsync(new MetadataResponse(), 9, ScriptedBroker.CorrelationIdOf(request));
        await first;
        await broker.AnswerAsync(new MetadataResponse(), 9, ScriptedBroker.CorrelationIdOf((await next)!));
        await second;
    }

    [Fact]
    public async Task Disposal_fails_whoever_waits_for_an_answer_or_for_a_turn()
    {
        await using ScriptedBroker broker = new();
        BrokerConnection connection = await ConnectAsync(broker, new() { InFlightMax = 1 });
        Task<MetadataResponse>[] asked = [AskAsync(connection), AskAsync(connection), AskAsync(connection)];
        await broker.ReadAsync();

        await connection.DisposeAsync();

        foreach (Task<MetadataResponse> each in asked) await Assert.ThrowsAsync<BrokerConnectionException>(() => each);
    }

    [Fact]
    public async Task A_prebuilt_frame_gets_the_raw_answer()
    {
        await using ScriptedBroker broker = new();
        await using BrokerConnection connection = await ConnectAsync(broker);
        byte[] frame = [0, 0, 0, 10, 0, 3, 0, 9, 0, 0, 0, 0, 0xff, 0xff];
        Task<BufferLease> asked = connection.SendFrameAsync(frame).AsTask();
        byte[] request = (await broker.ReadAsync())!;
        byte[] answer = ScriptedBroker.Frame(new MetadataResponse(), 9, ScriptedBroker.CorrelationIdOf(request));
        await broker.SendAsync(answer);

        using BufferLease response = await asked;
        Assert.Equal(answer[4..], response.Span.ToArray());
    }

    [Fact]
    public async Task A_port_where_no_one_listens_is_named()
    {
        int port;
        await using (ScriptedBroker broker = new()) port = broker.Port;

        BrokerConnectionException failure = await Assert.ThrowsAsync<BrokerConnectionException>(() => BrokerConnection.ConnectAsync("127.0.0.1", port, new()));

        Assert.Contains($"127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);
    }

    private static Task<MetadataResponse> AskAsync(BrokerConnection connection) =>
        connection.SendAsync<MetadataRequest, MetadataResponse>(new()).AsTask();

    private static async Task<BrokerConnection> ConnectAsync(ScriptedBroker broker, BrokerConnectionOptions? options = null)
    {
        Task<BrokerConnection> connecting = BrokerConnection.ConnectAsync("127.0.0.1", broker.Port, options ?? new());
        await broker.AcceptAsync();
        byte[] request = (await broker.ReadAsync())!;
        await broker.AnswerAsync(Versions, ScriptedBroker.VersionOf(request), ScriptedBroker.CorrelationIdOf(request));
        return await connecting;
    }
}
