using System.Text;
using PerfLog.Protocol;

namespace PerfLog.Broker.Networking;

/// <summary>
/// Finds the handler for a frame: api key and version against the table of what is served. One router serves all
/// connections; it holds no state of its own.
/// </summary>
internal sealed class RequestRouter
{
    private readonly IRequestHandler?[] _handlers;

    public RequestRouter(IReadOnlyCollection<IRequestHandler> handlers)
    {
        _handlers = new IRequestHandler?[handlers.Max(static handler => (int)handler.Key) + 1];
        foreach (IRequestHandler handler in handlers)
        {
            if (_handlers[(int)handler.Key] is not null) throw new ArgumentException($"{handler.Key} has two handlers.");
            _handlers[(int)handler.Key] = handler;
        }
    }

    /// <summary>Takes one frame in and has it handled.</summary>
    /// <returns>Why the connection must be closed; null when all is well.</returns>
    public string? Route(ClientConnection connection, ReceiveBlock block, Memory<byte> frame)
    {
        if (!RequestFrameHeader.TryRead(frame.Span, out RequestFrameHeader header)) return "a frame that is no request";
        IRequestHandler? handler = HandlerFor(header.Key);
        if (handler is null) return $"a request with the unknown api key {(short)header.Key}";
        bool isServed = header.Version >= handler.LowestVersion && header.Version <= handler.HighestVersion;

        // A client must be able to ask a broker of any age what it speaks, so this one request is answered in any version.
        if (!isServed && header.Key != ApiKey.ApiVersions) return $"{header.Key} version {header.Version} is not served";

        RequestContext context = connection.Enqueue(
            header.Key, header.Version, header.CorrelationId, ClientId(connection, header.ClientId), block, frame[header.BodyStart..]);
        try
        {
            handler.Handle(context);
            return null;
        }
        catch (Exception error)
        {
            // A defect of ours: the request ends here, so that those behind it are not held up for ever.
            context.CloseIfOpen($"its {header.Key} request failed: {error.Message}");
            throw;
        }
    }

    private IRequestHandler? HandlerFor(ApiKey key) => (uint)key < (uint)_handlers.Length ? _handlers[(int)key] : null;

    private static string ClientId(ClientConnection connection, ReadOnlySpan<byte> utf8)
    {
        // A connection's requests carry the same client id, so its string is made once.
        Span<char> text = stackalloc char[utf8.Length <= 256 ? utf8.Length : 0];
        if (utf8.Length > 256) return connection.LastClientId = Encoding.UTF8.GetString(utf8);
        int length = Encoding.UTF8.GetChars(utf8, text);
        if (!text[..length].SequenceEqual(connection.LastClientId)) connection.LastClientId = new string(text[..length]);
        return connection.LastClientId;
    }
}
