using Microsoft.Extensions.Logging;

namespace PerfLog.Client.Cluster;

/// <summary>
/// Tells a client's log when no broker answers, and when one does again: without it a consumer that reaches nobody only returns nothing. Called by
/// one question at a time.
/// </summary>
internal sealed partial class ClusterLog(ILogger logger, string client, TimeProvider time)
{
    // The same reason is told again after this time, not with each attempt.
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(30);

    private string? _told;
    private long _toldAt;

    public void Unanswered(IOException failure)
    {
        if (_told == failure.Message && time.GetElapsedTime(_toldAt) < RepeatAfter) return;
        (_told, _toldAt) = (failure.Message, time.GetTimestamp());
        NoBroker(logger, client, failure.Message);
    }

    public void Answered()
    {
        if (_told is null) return;
        _told = null;
        BrokerAgain(logger, client);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Client} reaches no broker, and tries on: {Reason}")]
    private static partial void NoBroker(ILogger logger, string client, string reason);

    [LoggerMessage(2, LogLevel.Information, "{Client} reaches a broker again.")]
    private static partial void BrokerAgain(ILogger logger, string client);
}
