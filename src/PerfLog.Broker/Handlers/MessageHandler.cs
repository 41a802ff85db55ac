using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Wire;

namespace PerfLog.Broker.Handlers;

/// <summary>
/// A handler that reads its request into a message and answers with one. For all requests but the hot ones, whose handlers
/// work on the frame's bytes.
/// </summary>
internal abstract partial class MessageHandler<TRequest, TResponse>(
    ApiKey key, short lowestVersion, short highestVersion, ILogger logger) : IRequestHandler
    where TRequest : IRequestMessage, IReadable<TRequest>
    where TResponse : IResponseMessage
{
    public ApiKey Key => key;

    public short LowestVersion => lowestVersion;

    public short HighestVersion => highestVersion;

    public void Handle(RequestContext context)
    {
        var reader = new WireReader(context.Body.Span);
        TRequest request = TRequest.Read(ref reader, context.Version);
        if (reader.Failed)
        {
            context.Close($"a malformed {key} request of version {context.Version}: {reader.Failure}");
            return;
        }

        ValueTask<TResponse> answer;
        try
        {
            answer = AnswerAsync(request, context);
        }
        catch (Exception error)
        {
            answer = ValueTask.FromException<TResponse>(error);
        }

        if (answer.IsCompletedSuccessfully) context.Respond(answer.Result);
        else _ = RespondAsync(answer, context);
    }

    /// <summary>Answers one request. Runs on the connection's receive loop up to its first await.</summary>
    protected abstract ValueTask<TResponse> AnswerAsync(TRequest request, RequestContext context);

    /// <summary>
    /// Awaited first by a handler whose work takes long: the connection goes on taking requests in and notices when its peer
    /// leaves.
    /// </summary>
    protected static YieldAwaitable LeaveReceiveLoop() => Task.Yield();

    private async Task RespondAsync(ValueTask<TResponse> answer, RequestContext context)
    {
        TResponse response;
        try
        {
            response = await answer;
        }
        catch (Exception error)
        {
            LogFailed(error, key, context.Version);
            context.Close($"its {key} request failed: {error.Message}");
            return;
        }

        context.Respond(response);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Answering {Key} version {Version} failed")]
    private partial void LogFailed(Exception error, ApiKey key, short version);
}
