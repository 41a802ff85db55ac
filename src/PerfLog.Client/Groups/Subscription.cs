using System.Text.RegularExpressions;
using PerfLog.Client.Cluster;

namespace PerfLog.Client.Groups;

/// <summary>What a consumer wants of its group: topics by name, or all that match a pattern. Used by the polling thread.</summary>
internal sealed class Subscription
{
    private readonly string[]? _names;
    private readonly Regex? _pattern;

    public Subscription(IEnumerable<string> names) => _names = [.. names.Distinct()];

    public Subscription(Regex pattern)
    {
        // The line end closes a comment, which a pattern may end with whose white space does not count.
        string end = pattern.Options.HasFlag(RegexOptions.IgnorePatternWhitespace) ? "\n" : "";
        _pattern = new Regex($@"\A(?:{pattern}{end})\z", pattern.Options, pattern.MatchTimeout);
        SharedPattern = Groups.SharedPattern.Of(pattern);
    }

    /// <summary>The pattern as the coordinator may be given it; null for names, and where the coordinator may read it otherwise.</summary>
    public string? SharedPattern { get; }

    public bool IsPattern => _pattern is not null;

    public bool IsEmpty => _names is { Length: 0 };

    /// <summary>Tells the cluster's client which topics to ask about.</summary>
    public void Track(ClusterClient cluster) => cluster.TrackOnly(_names ?? [], all: _pattern is not null);

    /// <summary>The topics, by what is known. A pattern matches a whole name, and none of the cluster's own topics.</summary>
    public string[] Topics(ClusterSnapshot snapshot) => _names ?? [.. snapshot.Topics.Values
        .Where(topic => !topic.IsInternal && topic.Error == ErrorCode.None && _pattern!.IsMatch(topic.Name))
        .Select(static topic => topic.Name).Order(StringComparer.Ordinal)];
}
