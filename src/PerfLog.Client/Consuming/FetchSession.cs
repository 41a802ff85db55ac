using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Consuming;

/// <summary>
/// What a broker remembers of a consumer's fetches, so that a request names only what changed. One loop uses it. A broker that
/// keeps no sessions answers with number 0, and every request is a whole one.
/// </summary>
internal sealed class FetchSession
{
    private const int FinalEpoch = -1;

    /// <summary>The longest name that Kafka gives a topic; all are ASCII.</summary>
    private const int TopicNameMax = 249;

    private readonly Dictionary<string, Dictionary<int, Entry>> _topics = [];
    private readonly Dictionary<string, FetchRequest.FetchTopic> _news = [];
    private int _count;
    private int _id;
    private int _epoch;

    /// <summary>Fills in a request for exactly these partitions.</summary>
    public void Describe(FetchRequest request, IReadOnlyList<(PartitionState State, Asked Ask)> wanted)
    {
        (request.SessionId, request.SessionEpoch) = (_id, _epoch);
        bool isWhole = _epoch == 0;
        _news.Clear();
        foreach ((PartitionState state, Asked ask) in wanted)
        {
            bool isNews = Remember(state, ask) || isWhole;
            if (isNews) TopicOf(request.Topics, state.Partition.Topic).Partitions.Add(Question(state, ask));
        }

        if (_count > wanted.Count) Forget([.. wanted.Select(static entry => entry.State.Partition)], isWhole ? null : request.ForgottenTopicsData);
    }

    /// <summary>Finds a partition that an answer may be about, and what was asked of it.</summary>
    /// <param name="topicUtf8">The topic's name, as the answer has it.</param>
    /// <param name="partition">The partition's number.</param>
    /// <param name="state">Whose answer it is.</param>
    /// <param name="asked">What was asked.</param>
    /// <returns>False when nothing was asked of such a partition.</returns>
    public bool TryFind(ReadOnlySpan<byte> topicUtf8, int partition, [NotNullWhen(true)] out PartitionState? state, out Asked asked)
    {
        (state, asked) = (null, default);
        Span<char> name = stackalloc char[TopicNameMax];
        if (topicUtf8.Length > name.Length || Ascii.ToUtf16(topicUtf8, name, out int length) != OperationStatus.Done) return false;
        if (!_topics.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out Dictionary<int, Entry>? partitions)) return false;
        if (!partitions.TryGetValue(partition, out Entry entry)) return false;
        (state, asked) = (entry.State, entry.Ask);
        return true;
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
        _topics.Clear();
        _count = 0;
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

    /// <returns>Whether the broker knows it otherwise, or not at all.</returns>
    private bool Remember(PartitionState state, in Asked ask)
    {
        if (!_topics.TryGetValue(state.Partition.Topic, out Dictionary<int, Entry>? partitions))
            _topics.Add(state.Partition.Topic, partitions = []);
        bool isKnown = partitions.TryGetValue(state.Partition.Partition, out Entry before);
        if (!isKnown) _count++;

        // A partition that went and came back has a state of its own, but to the broker it is the same one.
        partitions[state.Partition.Partition] = new Entry(state, ask);
        return !isKnown || before.Ask != ask;
    }

    /// <param name="kept">Whom to remember.</param>
    /// <param name="told">Takes the others, for the broker; null when it is told all anew.</param>
    private void Forget(HashSet<TopicPartition> kept, List<FetchRequest.ForgottenTopic>? told)
    {
        foreach ((string topic, Dictionary<int, Entry> partitions) in _topics)
        {
            int[] forgotten = [.. partitions.Keys.Where(partition => !kept.Contains(new TopicPartition(topic, partition)))];
            if (forgotten.Length == 0) continue;
            foreach (int partition in forgotten) partitions.Remove(partition);
            if (partitions.Count == 0) _topics.Remove(topic);
            _count -= forgotten.Length;
            told?.Add(new FetchRequest.ForgottenTopic { Topic = topic, Partitions = [.. forgotten] });
        }
    }

    private FetchRequest.FetchTopic TopicOf(List<FetchRequest.FetchTopic> topics, string name)
    {
        if (_news.TryGetValue(name, out FetchRequest.FetchTopic? known)) return known;
        FetchRequest.FetchTopic topic = new() { Topic = name };
        _news.Add(name, topic);
        topics.Add(topic);
        return topic;
    }

    /// <summary>What was asked of a partition.</summary>
    public readonly record struct Asked(Offset Offset, LeaderEpoch LeaderEpoch, int BytesMax);

    private readonly record struct Entry(PartitionState State, Asked Ask);
}
