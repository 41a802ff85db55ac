using PerfLog.Protocol;
using PerfLog.Wire;

namespace PerfLog.Broker.Networking;

/// <summary>
/// One request between its arrival and its answer. The connection owns it and uses it again for later requests; a handler
/// has it from <see cref="IRequestHandler.Handle"/> until it calls <see cref="Complete"/>, once, from any thread.
/// </summary>
internal sealed class RequestContext
{
    /// <summary>Stands in the sender's loop for "nothing more is ready, send what was gathered".</summary>
    public static readonly RequestContext FlushMark = new(null!);

    private readonly ClientConnection _connection;
    private ReceiveBlock? _block;
    private Memory<byte> _body;
    private volatile bool _isReady;

    public RequestContext(ClientConnection connection) => _connection = connection;

    public ClientConnection Connection => _connection;

    public ApiKey ApiKey { get; private set; }

    public short Version { get; private set; }

    public int CorrelationId { get; private set; }

    public string ClientId { get; private set; } = "";

    /// <summary>The request's bytes after its header. They live until the request is complete.</summary>
    public Memory<byte> Body => _body;

    public ResponseBuffer Response { get; } = new();

    /// <summary>The answer may leave, or there is none.</summary>
    public bool IsReady => _isReady;

    /// <summary>The connection closes once the answers before this one are out. Says why.</summary>
    public string? CloseReason { get; private set; }

    /// <summary>What to give up when the connection ends before the answer; null for a request that does not wait.</summary>
    public IDelayedRequest? Delayed { get; set; }

    internal void Begin(ApiKey key, short version, int correlationId, string clientId, ReceiveBlock block, Memory<byte> body)
    {
        ApiKey = key;
        Version = version;
        CorrelationId = correlationId;
        ClientId = clientId;
        _block = block;
        _body = body;
        _isReady = false;
        CloseReason = null;
        Delayed = null;
        block.AddReference();
    }

    /// <summary>Writes a whole message as the answer and completes the request.</summary>
    public void Respond<TResponse>(TResponse response) where TResponse : IResponseMessage
    {
        int sizeBytes = ResponseFrame.Size(response, Version);
        var writer = new WireWriter(Response.Rent(sizeBytes));
        ResponseFrame.Write(ref writer, response, Version, CorrelationId, sizeBytes);
        if (writer.Position != sizeBytes) throw new InvalidOperationException($"{typeof(TResponse).Name} v{Version} wrote {writer.Position} of {sizeBytes} bytes.");
        Complete();
    }

    /// <summary>The request gets no answer, as the protocol wants for acks=0.</summary>
    public void CompleteWithoutResponse() => Complete();

    /// <summary>Nothing sensible can be answered: the connection closes after the answers before this one.</summary>
    public void Close(string reason)
    {
        Response.Reset();
        CloseReason = reason;
        Complete();
    }

    /// <summary>Its handler broke down: the connection closes, unless the request was handed on or answered before that.</summary>
    internal void CloseIfOpen(string reason)
    {
        if (_block is not null) Close(reason);
    }

    /// <summary>The answer stands in <see cref="Response"/>; it leaves when its turn comes.</summary>
    public void Complete()
    {
        // The frame's bytes are no longer needed; release them before the answer is seen, because the sender may use
        // this context for another request at once after that.
        ReceiveBlock? block = Interlocked.Exchange(ref _block, null);
        if (block is null) throw new InvalidOperationException($"A {ApiKey} request was completed twice.");
        _body = default;
        block.Release();
        int responseBytes = Response.Length;
        _isReady = true;
        _connection.OnCompleted(responseBytes);
    }

    /// <summary>Lets go of everything. Only the connection calls it, after the answer went out or cannot go any more.</summary>
    internal void Recycle() => Response.Reset();
}
