using System.Text.RegularExpressions;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Handlers;

/// <summary>
/// Tells a client what is served here. A client may ask in a version that we do not know: it then gets a body of version 0
/// that says so, because that is the only one it can surely read.
/// </summary>
internal sealed partial class ApiVersionsHandler : IRequestHandler
{
    private const short Highest = 4;
    private const short FirstNamingVersion = 3;
    private readonly ApiVersionsResponse _served = new();
    private readonly ApiVersionsResponse _badName = new() { ErrorCode = ErrorCode.InvalidRequest };

    public ApiVersionsHandler(IReadOnlyCollection<IRequestHandler> others)
    {
        foreach (IRequestHandler handler in others.Append(this).OrderBy(static handler => handler.Key)) _served.ApiKeys.Add(Range(handler));
    }

    public ApiKey Key => ApiKey.ApiVersions;

    public short LowestVersion => 0;

    public short HighestVersion => Highest;

    public void Handle(RequestContext context)
    {
        if (context.Version is < 0 or > Highest)
        {
            UnsupportedApiVersions.Write(context.Response.Rent(UnsupportedApiVersions.FrameBytes), context.CorrelationId, LowestVersion, HighestVersion);
            context.Complete();
            return;
        }

        var reader = new WireReader(context.Body.Span);
        ApiVersionsRequest request = ApiVersionsRequest.Read(ref reader, context.Version);
        if (reader.Failed) context.Close($"a malformed ApiVersions request: {reader.Failure}");
        else context.Respond(IsNamedWell(request, context.Version) ? _served : _badName);
    }

    private static ApiVersionsResponse.ApiVersion Range(IRequestHandler handler) => new()
    {
        ApiKey = (short)handler.Key,
        MinVersion = handler.LowestVersion,
        MaxVersion = handler.HighestVersion,
    };

    private static bool IsNamedWell(ApiVersionsRequest request, short version) =>
        version < FirstNamingVersion
        || (SoftwareName().IsMatch(request.ClientSoftwareName) && SoftwareName().IsMatch(request.ClientSoftwareVersion));

    [GeneratedRegex(@"\A[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?\z")]
    private static partial Regex SoftwareName();
}
