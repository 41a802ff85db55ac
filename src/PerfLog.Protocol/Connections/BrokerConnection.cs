using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using PerfLog.Buffers;
using PerfLog.Protocol.Authentication;
using PerfLog.Protocol.Connections.Transports;
using PerfLog.Wire;

namespace PerfLog.Protocol.Connections;

/// <summary>
/// One connection to a broker. Any thread may send; many requests are in flight at a time, and each answer goes to its own
/// request, by order and by correlation id. When the connection fails, all that wait and all that come later fail with
/// the same reason.
/// </summary>
public sealed class BrokerConnection : IAsyncDisposable
{
    private readonly Transport _transport;
    private readonly BrokerConnectionOptions _options;
    private readonly InFlightQueue _inFlight = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly SemaphoreSlim _slots;
    private readonly ResponseTimeout _timeout;
    private readonly SaslDialogue? _sasl;
    private Task _receiving = Task.CompletedTask;
    private int _lastCorrelationId;
    private int _answers;
    private int _answersToHello;
    private int _disposed;
    private volatile bool _sentUnanswered;

    private BrokerConnection(Transport transport, string peer, BrokerConnectionOptions options)
    {
        _transport = transport;
        _options = options;
        _sasl = options.Sasl is null ? null : new SaslDialogue(options.Sasl, this, options.Time);
        _slots = new SemaphoreSlim(options.InFlightMax);
        _timeout = new ResponseTimeout(_inFlight, options, reason => Fail(reason, null));
        Peer = peer;
    }

    /// <summary>Host and port of the broker.</summary>
    public string Peer { get; }

    /// <summary>What the broker said it accepts.</summary>
    public ApiVersionTable BrokerVersions { get; private set; } = new([]);

    /// <summary>Connects, asks the broker for its versions, and proves who this client is where that is wanted.</summary>
    /// <exception cref="BrokerConnectionException">The broker cannot be reached, or the connection ended.</exception>
    /// <exception cref="BrokerAuthenticationException">The broker and this client do not accept each other.</exception>
    public static async Task<BrokerConnection> ConnectAsync(
        string host, int port, BrokerConnectionOptions options, CancellationToken cancellation = default)
    {
        BrokerConnection connection = await OpenAsync(host, port, options, cancellation).ConfigureAwait(false);
        try
        {
            connection.BrokerVersions = await VersionNegotiation.AskAsync(connection, cancellation).ConfigureAwait(false);
            Volatile.Write(ref connection._answersToHello, Volatile.Read(ref connection._answers));
            if (connection._sasl is { } sasl) await sasl.RunAsync(cancellation).ConfigureAwait(false);
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
    /// Asks within a turn of sending that the caller has already, or needs none: nobody else has the connection yet. It takes no slot,
    /// because whoever waits with this turn may hold the only one.
    /// </summary>
    internal async ValueTask<TResponse> AskInTurnAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        PendingResponse pending = new(continuesInline: false);
        InFlightRequest asked = new(NextCorrelationId(), _options.Time.GetTimestamp(), pending, Handler: null, HoldsSlot: false);
        using (BufferLease frame = new(_options.Pool, RequestFrame.Size(request, version, _options.ClientId)))
        {
            Build(request, version, frame.Span);
            StampCorrelationId(frame.Memory, asked.CorrelationId);
            if (!await TryWriteInTurnAsync(frame.Memory, asked).ConfigureAwait(false)) throw _inFlight.Failure!;
        }

        try
        {
            using BufferLease answer = await pending.Response.WaitAsync(cancellation).ConfigureAwait(false);
            return Read<TResponse>(answer.Span, version);
        }
        catch
        {
            pending.GiveUp();
            throw;
        }
    }

    /// <summary>
    /// Closing a socket that is being received from resets the connection, and what still waits in it to be sent is lost. So only the
    /// sending side is closed at first: the broker reads to the end, and its closing ends the receiving.
    /// </summary>
    private async Task FinishSendingAsync()
    {
        try
        {
            await _transport.EndSendingAsync().ConfigureAwait(false);
            await _receiving.WaitAsync(_options.RequestTimeout, _options.Time).ConfigureAwait(false);
        }
        catch (Exception gone) when (IsBroken(gone) || gone is TimeoutException)
        {
            // There is nobody any more to read it.
        }
    }

    private static async Task<BrokerConnection> OpenAsync(
        string host, int port, BrokerConnectionOptions options, CancellationToken cancellation)
    {
        string peer = $"{host}:{port}";
        Transport transport;
        try
        {
            using CancellationTokenSource limit = new(options.RequestTimeout, options.Time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            transport = options.Tls is null && options.IsPolled && PolledTransport.IsSupported
                ? await PolledTransport.ConnectAsync(host, port, either.Token).ConfigureAwait(false)
                : await ConnectAsync(host, port, peer, options.Tls, either.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            string late = $"no connection within {options.RequestTimeout.TotalSeconds} s";
            string reason = failure is SocketException ? failure.Message : late;
            throw new BrokerConnectionException(peer, reason, failure);
        }

        BrokerConnection connection = new(transport, peer, options);
        connection._receiving = connection.ReceiveAsync();
        return connection;
    }

    private static async Task<Transport> ConnectAsync(string host, int port, string peer, TlsOptions? tls, CancellationToken cancellation)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
            return tls is null
                ? new SocketTransport(socket)
                : await TlsTransport.OpenAsync(socket, host, peer, tls, cancellation).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<BufferLease> SendFrameAsync(Memory<byte> frame, PendingResponse pending, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        InFlightRequest request = new(NextCorrelationId(), _options.Time.GetTimestamp(), pending, Handler: null, HoldsSlot: true);
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
        InFlightRequest request = new(NextCorrelationId(), _options.Time.GetTimestamp(), Pending: null, handler, HoldsSlot: true);
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
            if (_sasl is { IsDue: true } && !await TryRenewProofAsync(_sasl).ConfigureAwait(false)) return false;
            return await TryWriteInTurnAsync(frame, request).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryWriteInTurnAsync(ReadOnlyMemory<byte> frame, InFlightRequest? request)
    {
        try
        {
            // Queued before it is written, under the same turn: the answer may be faster than the return from the send.
            if (request is { } queued && !_inFlight.TryAdd(queued)) return false;
            if (request is not null) _timeout.Watch();
            for (int sent = 0; sent < frame.Length;) sent += await _transport.SendAsync(frame[sent..]).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (IsBroken(failure))
        {
            throw Fail($"a request could not be sent{Hint()}", failure);
        }
    }

    private async ValueTask<bool> TryRenewProofAsync(SaslDialogue sasl)
    {
        try
        {
            await sasl.RunAsync(CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception refused) when (refused is BrokerAuthenticationException or BrokerConnectionException)
        {
            // The next connection tells whether it is refused for good. The broker may have closed this one already.
            Fail($"the authentication could not be renewed: {refused.Message}", refused, isCause: true);
            return false;
        }
    }

    private static bool IsBroken(Exception failure) => failure is SocketException or IOException or ObjectDisposedException;

    private async Task ReceiveAsync()
    {
        try
        {
            using ResponseStream responses = new(_transport, _options.Pool, _options.ResponseBytesMax);
            await new ReceiveLoop(responses, _inFlight, Peer, TakeNoteOfAnswer).RunAsync().ConfigureAwait(false);
            Fail($"the broker closed the connection{Hint()}", null);
        }
        catch (Exception failure)
        {
            Fail(failure is IOException or SocketException ? $"{failure.GetBaseException().Message}{Hint()}" : failure.Message, failure);
        }
    }

    private void TakeNoteOfAnswer()
    {
        // The receive loop alone counts.
        Volatile.Write(ref _answers, _answers + 1);
        _slots.Release();
    }

    /// <summary>What may be meant by a broker that ends a connection as soon as it can.</summary>
    private string Hint()
    {
        bool toldVersions = _answers > 0 && _answers == Volatile.Read(ref _answersToHello);
        if (toldVersions && _sasl is null && BrokerVersions.Supports(ApiKey.SaslHandshake, 0))
            return " after its versions: it may ask for authentication (security.protocol)";
        if (_answers > 0) return "";
        if (_options.Tls is null) return " before any answer: this port may speak TLS only (security.protocol)";
        return _options.Tls.Certificate is null ? " before any answer: it may ask for a certificate (ssl.keystore.location)" : "";
    }

    private BrokerConnectionException Fail(string reason, Exception? cause, bool isCause = false)
    {
        BrokerConnectionException failure = new(Peer, reason, cause);
        int failed = _inFlight.FailAll(failure, isCause);
        if (failed > 0) _slots.Release(failed);
        _transport.Dispose();
        _timeout.Dispose();
        return failure;
    }
}
