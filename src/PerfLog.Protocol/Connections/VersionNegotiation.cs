using PerfLog.Buffers;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Protocol.Connections;

/// <summary>
/// Asks a broker for its versions. It starts with the highest version of the question itself; a broker that does not know
/// that one answers in version 0 and names those it knows, and is asked again.
/// </summary>
internal static class VersionNegotiation
{
    private const string SoftwareName = "PerfLog";

    private static readonly string SoftwareVersion =
        typeof(VersionNegotiation).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public static async ValueTask<ApiVersionTable> AskAsync(BrokerConnection connection, CancellationToken cancellation)
    {
        ApiVersionsResponse response = await AskAsync(connection, ApiVersionsRequest.HighestVersion, cancellation).ConfigureAwait(false);
        if (response.ErrorCode == ErrorCode.UnsupportedVersion)
        {
            response = await AskAsync(connection, VersionAfterRefusal(response), cancellation).ConfigureAwait(false);
        }

        if (response.ErrorCode != ErrorCode.None)
        {
            throw new BrokerConnectionException(connection.Peer, $"it refused to name its versions: {response.ErrorCode}");
        }

        return new ApiVersionTable(response.ApiKeys
            .DistinctBy(static api => api.ApiKey)
            .Select(static api => new SupportedApi((ApiKey)api.ApiKey, api.MinVersion, api.MaxVersion)));
    }

    /// <summary>Reads an answer to the question in <paramref name="version"/>: a refusal has the shape of version 0.</summary>
    internal static ApiVersionsResponse Read(ReadOnlySpan<byte> frame, short version, string peer)
    {
        WireReader reader = new(frame);
        ResponseFrame.ReadHeader(ref reader, ApiKey.ApiVersions, version);
        WireReader error = reader;
        bool refused = (ErrorCode)error.ReadInt16() == ErrorCode.UnsupportedVersion;
        ApiVersionsResponse response = ApiVersionsResponse.Read(ref reader, refused ? (short)0 : version);
        if (!reader.Failed) return response;
        throw new BrokerConnectionException(peer, $"its versions cannot be read: {reader.Failure}");
    }

    private static async ValueTask<ApiVersionsResponse> AskAsync(
        BrokerConnection connection, short version, CancellationToken cancellation)
    {
        ApiVersionsRequest request = new() { ClientSoftwareName = SoftwareName, ClientSoftwareVersion = SoftwareVersion };
        using BufferLease frame = await connection.SendRequestAsync(request, version, cancellation).ConfigureAwait(false);
        return Read(frame.Span, version, connection.Peer);
    }

    private static short VersionAfterRefusal(ApiVersionsResponse refusal)
    {
        ApiVersionsResponse.ApiVersion? own = refusal.ApiKeys.Find(static api => api.ApiKey == (short)ApiKey.ApiVersions);
        return own is null ? (short)0 : Math.Clamp(own.MaxVersion, (short)0, ApiVersionsRequest.HighestVersion);
    }
}
