using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Consuming;

/// <summary>
/// What a broker remembers of a consumer's fetches, so that a request names only what changed. One loop uses it. A broker that
/// keeps no sessions answers with number 0, and every request is a whole one.
/// </summary>
internal sealed class FetchSession
{
    private const int FinalEpoch = -1;

    private readonly Dictionary<PartitionState, Asked> _asked = [];
    private int _id;
    private int _epoch;

    /// <summary>The partitions that the next answer may be about, with the offset that was asked for.</summary>
    public IReadOnlyDictionary<PartitionState, Asked> Partitions => _asked;

    /// <summary>Fills in a request for exactly these partitions.</summary>
    public void Describe(FetchRequest request, IReadOnlyList<(PartitionState State, Asked Ask)> wanted)
    {
        (request.SessionId, request.SessionEpoch) = (_id, _epoch);
        bool isWhole = _epoch == 0;
        foreach ((PartitionState state, Asked ask) in wanted)
        {
            bool isNews = isWhole || !_asked.TryGetValue(state, out Asked before) || before != ask;
            _asked[state] = ask;
            if (isNews) TopicOf(request.Topics, state.Partition.Topic).Partitions.Add(Question(state, ask));
        }

        if (_asked.Count == wanted.Count) return;
        HashSet<PartitionState> kept = [.. wanted.Select(static entry => entry.State)];
        foreach (PartitionState state in _asked.Keys.Where(state => !kept.Contains(state)).ToArray())
        {
            _asked.Remove(state);
            if (!isWhole) ForgottenOf(request.ForgottenTopicsData, state.Partition.Topic).Partitions.Add(state.Partition.Partition);
        }
    }

    /// <summary>The broker answered, and names the session.</summary>
    public void Answered(int sessionId)
    {
        if (sessionId != _id || sessionId == 0) (_id, _epoch) = (sessionId, sessionId == 0 ? 0 : 1);
        else _epoch = _epoch == int.MaxValue ? 1 : _epoch + 1;
    }

    /// <summary>The next request is a whole one, in a new session.</summary>
    public void Restart()
    {
        _epoch = 0;
        _asked.Clear();
    }

    /// <summary>The broker has forgotten the session, or the connection is a new one.</summary>
    public void Forget()
    {
        Restart();
        _id = 0;
    }

    /// <summary>Makes the next request end the session.</summary>
    public void Close() => _epoch = FinalEpoch;

    private static FetchRequest.FetchPartition Question(PartitionState state, in Asked ask) => new()
    {
        Partition = state.Partition.Partition,
        CurrentLeaderEpoch = ask.LeaderEpoch.Value,
        FetchOffset = ask.Offset.Value,
        PartitionMaxBytes = ask.BytesMax,
    };

    private static FetchRequest.FetchTopic TopicOf(List<FetchRequest.FetchTopic> topics, string name)
    {
        foreach (FetchRequest.FetchTopic known in topics)
        {
            if (known.Topic == name) return known;
        }

        FetchRequest.FetchTopic topic = new() { Topic = name };
        topics.Add(topic);
        return topic;
    }

    private static FetchRequest.ForgottenTopic ForgottenOf(List<FetchRequest.ForgottenTopic> topics, string name)
    {
        foreach (FetchRequest.ForgottenTopic known in topics)
        {
            if (known.Topic == name) return known;
        }

        FetchRequest.ForgottenTopic topic = new() { Topic = name };
        topics.Add(topic);
        return topic;
    }

    /// <summary>What was asked of a partition.</summary>
    public readonly record struct Asked(Offset Offset, LeaderEpoch LeaderEpoch, int BytesMax);
}
