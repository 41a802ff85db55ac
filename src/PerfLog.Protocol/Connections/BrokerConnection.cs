using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using PerfLog.Buffers;
using PerfLog.Wire;

namespace PerfLog.Protocol.Connections;

/// <summary>
/// One connection to a broker. Any thread may send; many requests are in flight at a time, and each answer goes to its own
/// request, by order and by correlation id. When the connection fails, all that wait and all that come later fail with
/// the same reason.
/// </summary>
public sealed class BrokerConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly BrokerConnectionOptions _options;
    private readonly InFlightQueue _inFlight = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly SemaphoreSlim _slots;
    private readonly ResponseTimeout _timeout;
    private Task _receiving = Task.CompletedTask;
    private int _lastCorrelationId;
    private int _disposed;
    private volatile bool _sentUnanswered;

    private BrokerConnection(Socket socket, string peer, BrokerConnectionOptions options)
    {
        _socket = socket;
        _options = options;
        _slots = new SemaphoreSlim(options.InFlightMax);
        _timeout = new ResponseTimeout(_inFlight, options, reason => Fail(reason, null));
        Peer = peer;
    }

    /// <summary>Host and port of the broker.</summary>
    public string Peer { get; }

    /// <summary>What the broker said it accepts.</summary>
    public ApiVersionTable BrokerVersions { get; private set; } = new([]);

    /// <summary>Connects, and asks the broker for its versions.</summary>
    public static async Task<BrokerConnection> ConnectAsync(
        string host, int port, BrokerConnectionOptions options, CancellationToken cancellation = default)
    {
        BrokerConnection connection = await OpenAsync(host, port, options, cancellation).ConfigureAwait(false);
        try
        {
            connection.BrokerVersions = await VersionNegotiation.AskAsync(connection, cancellation).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The highest version of a request that both sides speak, at most <paramref name="highest"/>.</summary>
    /// <exception cref="UnsupportedApiException">There is none.</exception>
    public short VersionOf<TRequest>(short highest = short.MaxValue)
        where TRequest : IRequestMessage
    {
        MessageVersions own = TRequest.Versions;
        short top = Math.Min(highest, own.Highest);
        if (BrokerVersions.TryAgree(TRequest.ApiKey, own.Lowest, top, out short version)) return version;
        SupportedApi? theirs = BrokerVersions.TryFind(TRequest.ApiKey, out SupportedApi api) ? api : null;
        throw new UnsupportedApiException(Peer, TRequest.ApiKey, own with { Highest = top }, theirs);
    }

    /// <summary>Sends a request in the highest version that both sides speak, and reads its answer.</summary>
    public ValueTask<TResponse> SendAsync<TRequest, TResponse>(TRequest request, CancellationToken cancellation = default)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse> =>
        SendAsync<TRequest, TResponse>(request, VersionOf<TRequest>(), cancellation);

    /// <summary>Sends a request and reads its answer.</summary>
    public async ValueTask<TResponse> SendAsync<TRequest, TResponse>(
        TRequest request, short version, CancellationToken cancellation = default)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        using BufferLease frame = await SendRequestAsync(request, version, cancellation).ConfigureAwait(false);
        return Read<TResponse>(frame.Span, version);
    }

    /// <summary>
    /// Sends a prebuilt frame, its length included; its correlation id is overwritten. The frame is borrowed until the
    /// task completes. What follows the await runs on the connection's receive loop: it must be short.
    /// </summary>
    /// <returns>The response without its length, header included; the caller disposes it.</returns>
    public ValueTask<BufferLease> SendFrameAsync(Memory<byte> frame, CancellationToken cancellation = default) =>
        SendFrameAsync(frame, new PendingResponse(continuesInline: true), cancellation);

    /// <summary>
    /// Sends a prebuilt frame whose answer a handler takes, without allocating. The frame is borrowed until the task completes,
    /// which is when it is written; the answer may have come before. A failure is told to the handler alone.
    /// </summary>
    public ValueTask SendFrameAsync(Memory<byte> frame, IResponseHandler handler)
    {
        Task slot = _slots.WaitAsync();
        return slot.IsCompletedSuccessfully ? WriteAsync(frame, handler) : WaitAndWriteAsync(slot, frame, handler);
    }

    /// <summary>Sends a prebuilt frame that the broker does not answer: a produce request that asks for no acknowledgement.</summary>
    public async ValueTask SendUnansweredFrameAsync(Memory<byte> frame, CancellationToken cancellation = default)
    {
        StampCorrelationId(frame, NextCorrelationId());
        _sentUnanswered = true;
        await TryWriteAsync(frame, request: null, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes the connection; whoever still waits gets an error. What was sent without an answer reaches the broker first, for which the
    /// request timeout is the limit.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (_sentUnanswered) await FinishSendingAsync().ConfigureAwait(false);
        Fail("the connection was closed", null);
        await _receiving.ConfigureAwait(false);
    }

    internal async ValueTask<BufferLease> SendRequestAsync<TRequest>(TRequest request, short version, CancellationToken cancellation)
        where TRequest : IRequestMessage
    {
        int size = RequestFrame.Size(request, version, _options.ClientId);
        using BufferLease frame = new(_options.Pool, size);
        Build(request, version, frame.Span);
        return await SendFrameAsync(frame.Memory, new PendingResponse(continuesInline: false), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Closing a socket that is being received from resets the connection, and what still waits in it to be sent is lost. So only the
    /// sending side is closed at first: the broker reads to the end, and its closing ends the receiving.
    /// </summary>
    private async Task FinishSendingAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            await _receiving.WaitAsync(_options.RequestTimeout, _options.Time).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or TimeoutException)
        {
            // There is nobody any more to read it.
        }
    }

    private static async Task<BrokerConnection> OpenAsync(
        string host, int port, BrokerConnectionOptions options, CancellationToken cancellation)
    {
        string peer = $"{host}:{port}";
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using CancellationTokenSource limit = new(options.RequestTimeout, options.Time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            await socket.ConnectAsync(host, port, either.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            string late = $"no connection within {options.RequestTimeout.TotalSeconds} s";
            string reason = failure is SocketException ? failure.Message : late;
            throw new BrokerConnectionException(peer, reason, failure);
        }

        BrokerConnection connection = new(socket, peer, options);
        connection._receiving = connection.ReceiveAsync();
        return connection;
    }

    private void Build<TRequest>(TRequest request, short version, Span<byte> frame)
        where TRequest : IRequestMessage
    {
        WireWriter writer = new(frame);
        RequestFrame.Write(ref writer, request, version, correlationId: 0, _options.ClientId, frame.Length);
        if (writer.Position == frame.Length) return;
        throw new InvalidOperationException($"{TRequest.ApiKey} {version} wrote {writer.Position} bytes of {frame.Length}.");
    }

    private TResponse Read<TResponse>(ReadOnlySpan<byte> frame, short version)
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        WireReader reader = new(frame);
        ResponseFrame.ReadHeader(ref reader, TResponse.ApiKey, version);
        TResponse response = TResponse.Read(ref reader, version);
        if (!reader.Failed) return response;
        string which = $"its {TResponse.ApiKey} response of version {version}";
        throw new BrokerConnectionException(Peer, $"{which} cannot be read: {reader.Failure}");
    }

    private int NextCorrelationId() => Interlocked.Increment(ref _lastCorrelationId) & int.MaxValue;

    private static void StampCorrelationId(Memory<byte> frame, int correlationId) =>
        BinaryPrimitives.WriteInt32BigEndian(frame.Span[RequestFrame.CorrelationIdPosition..], correlationId);

    private async ValueTask<BufferLease> SendFrameAsync(Memory<byte> frame, PendingResponse pending, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        InFlightRequest request = new(NextCorrelationId(), _options.Time.GetTimestamp(), pending, null);
        StampCorrelationId(frame, request.CorrelationId);
        try
        {
            if (!await TryWriteAsync(frame, request, cancellation).ConfigureAwait(false)) throw _inFlight.Failure!;
            return await pending.Response.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            // A queued request keeps its slot until its answer comes or the connection fails.
            if (!pending.IsQueued) _slots.Release();
            pending.GiveUp();
            throw;
        }
    }

    private async ValueTask WaitAndWriteAsync(Task slot, Memory<byte> frame, IResponseHandler handler)
    {
        await slot.ConfigureAwait(false);
        await WriteAsync(frame, handler).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(Memory<byte> frame, IResponseHandler handler)
    {
        InFlightRequest request = new(NextCorrelationId(), _options.Time.GetTimestamp(), null, handler);
        StampCorrelationId(frame, request.CorrelationId);
        try
        {
            if (await TryWriteAsync(frame, request, CancellationToken.None).ConfigureAwait(false)) return;
        }
        catch (BrokerConnectionException)
        {
            // It was queued, so that the handler knows.
            return;
        }

        _slots.Release();
        handler.Failed(_inFlight.Failure!);
    }

    /// <summary>Writes one frame. Once its first byte is out it goes out whole, whatever the caller does.</summary>
    /// <returns>False when the connection had failed before.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> frame, InFlightRequest? request, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Queued before it is written, under the same turn: the answer may be faster than the return from the send.
            if (request is { } queued && !_inFlight.TryAdd(queued)) return false;
            if (request is not null) _timeout.Watch();
            for (int sent = 0; sent < frame.Length;)
            {
                sent += await _socket.SendAsync(frame[sent..], SocketFlags.None, CancellationToken.None).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            throw Fail("a request could not be sent", failure);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            using ResponseStream responses = new(_socket, _options.Pool, _options.ResponseBytesMax);
            await new ReceiveLoop(responses, _inFlight, Peer, () => _slots.Release()).RunAsync().ConfigureAwait(false);
            Fail("the broker closed the connection", null);
        }
        catch (Exception failure)
        {
            Fail(failure.Message, failure);
        }
    }

    private BrokerConnectionException Fail(string reason, Exception? cause)
    {
        BrokerConnectionException failure = new(Peer, reason, cause);
        int failed = _inFlight.FailAll(failure);
        if (failed > 0) _slots.Release(failed);
        _socket.Dispose();
        _timeout.Dispose();
        return failure;
    }
}
