using System.Diagnostics.CodeAnalysis;

namespace PerfLog.Broker.Groups;

/// <summary>
/// What the members of a consumer group subscribe to, held against the topics that there are. The group's lock guards it.
/// </summary>
internal sealed class ConsumerSubscriptions(ConsumerGroupSettings settings)
{
    private readonly Dictionary<string, TopicPattern> _patterns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _matches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TopicShape> _topics = new(StringComparer.Ordinal);
    private object? _version;
    private long _regexDueTick;

    /// <summary>The existing topics that any member subscribes to.</summary>
    public IReadOnlyDictionary<string, TopicShape> Topics => _topics;

    /// <summary>The topics' names that each regular expression matches.</summary>
    public IReadOnlyDictionary<string, string[]> Matches => _matches;

    /// <summary>False until the first look at the topics.</summary>
    public bool IsKnown => _version is not null;

    /// <summary>
    /// Differs when what is there to be assigned differs. It is written down with the group's epoch, so that a broker that loads
    /// the group knows whether topics have changed meanwhile.
    /// </summary>
    public long Hash { get; private set; }

    /// <summary>Whether topics may have changed since the last look, and it is time for another.</summary>
    public bool IsStale(ITopicView topics, Moment now) =>
        !ReferenceEquals(_version, topics.Version) && (_matches.Count == 0 || now.TickMs >= _regexDueTick);

    /// <summary>Whether the expression can be used; if so it is kept for later.</summary>
    public bool TryAccept(string regex, [NotNullWhen(false)] out string? violation)
    {
        violation = null;
        if (_patterns.ContainsKey(regex)) return true;
        if (!TopicPattern.TryCompile(regex, out TopicPattern? pattern, out violation)) return false;
        _patterns.Add(regex, pattern);
        return true;
    }

    /// <summary>Takes another look at members and topics.</summary>
    /// <returns>The regular expressions whose matches changed; those that nobody uses any more have none in <see cref="Matches"/>.</returns>
    public List<string> Refresh(IReadOnlyCollection<ConsumerMember> members, ITopicView topics, Moment now)
    {
        _topics.Clear();
        foreach (ConsumerMember member in members) Find(member.TopicNames, topics);
        List<string> changed = Match(members, topics);
        foreach (string[] names in _matches.Values) Find(names, topics);
        Hash = HashOf();
        _version = topics.Version;
        _regexDueTick = now.TickMs + settings.RegexIntervalMs;
        return changed;
    }

    /// <summary>Takes up what was matched before the group was loaded.</summary>
    public void Restore(IReadOnlyDictionary<string, string[]> matches)
    {
        foreach ((string regex, string[] names) in matches) _matches.Add(regex, names);
    }

    /// <summary>Nobody subscribes to anything any more.</summary>
    public void Clear()
    {
        _patterns.Clear();
        _matches.Clear();
        _topics.Clear();
        _version = null;
        Hash = 0;
    }

    /// <summary>The member's existing topics, sorted.</summary>
    public Uuid[] TopicsOf(ConsumerMember member)
    {
        IEnumerable<string> names = member.HasRegex ? member.TopicNames.Union(_matches.GetValueOrDefault(member.TopicRegex!, [])) : member.TopicNames;
        Uuid[] topics = [.. names.Where(_topics.ContainsKey).Select(name => _topics[name].Id)];
        Array.Sort(topics, TopicIdPartition.Compare);
        return topics;
    }

    private List<string> Match(IReadOnlyCollection<ConsumerMember> members, ITopicView topics)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (ConsumerMember member in members)
        {
            if (member.HasRegex) wanted.Add(member.TopicRegex!);
        }

        var changed = new List<string>();
        foreach (string unused in _patterns.Keys.Union(_matches.Keys).Where(regex => !wanted.Contains(regex)).ToList())
        {
            _patterns.Remove(unused);
            if (_matches.Remove(unused)) changed.Add(unused);
        }

        foreach (string regex in wanted)
        {
            // What a broker of another kind has written down may be no expression here; then it matches nothing.
            string[] names = TryAccept(regex, out _) ? [.. topics.Names.Where(_patterns[regex].Matches)] : [];
            Array.Sort(names, StringComparer.Ordinal);
            if (_matches.TryGetValue(regex, out string[]? former) && former.AsSpan().SequenceEqual(names)) continue;
            _matches[regex] = names;
            changed.Add(regex);
        }

        return changed;
    }

    private void Find(string[] names, ITopicView topics)
    {
        foreach (string name in names)
        {
            if (!_topics.ContainsKey(name) && topics.TryFind(name, out TopicShape topic)) _topics.Add(name, topic);
        }
    }

    private long HashOf()
    {
        // Sums do not depend on the order, which dictionaries do not promise.
        ulong hash = 0;
        foreach (TopicShape topic in _topics.Values) hash += Mix((ulong)topic.Partitions, topic.Id);
        foreach ((string regex, string[] names) in _matches)
        {
            ulong seed = Mix(regex);
            foreach (string name in names) hash += _topics.TryGetValue(name, out TopicShape topic) ? Mix(seed, topic.Id) : 0;
        }

        return (long)hash;
    }

    private static ulong Mix(ulong seed, Uuid id) => Mix(Mix(seed ^ (ulong)id.MostSignificant) ^ (ulong)id.LeastSignificant);

    private static ulong Mix(string text)
    {
        ulong hash = (ulong)text.Length;
        foreach (char letter in text) hash = Mix(hash ^ letter);
        return hash;
    }

    /// <summary>Spreads each bit over all: a multiplication by 2^64 over the golden ratio, and its upper half folded back.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value + 1) * 0x9E3779B97F4A7C15;
        return value ^ (value >> 32);
    }
}
