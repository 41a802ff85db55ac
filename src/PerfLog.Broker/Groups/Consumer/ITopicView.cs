using System.Diagnostics.CodeAnalysis;

namespace PerfLog.Broker.Groups;

/// <summary>The topics that groups may subscribe to, as one moment has them.</summary>
internal interface ITopicView
{
    /// <summary>Another object whenever any topic has come, gone or changed.</summary>
    object Version { get; }

    /// <summary>The names that a regular expression may match: those of all topics but the broker's own.</summary>
    IEnumerable<string> Names { get; }

    bool TryFind(string name, out TopicShape topic);

    /// <summary>False for an id whose topic was deleted.</summary>
    bool TryFindName(Uuid id, [NotNullWhen(true)] out string? name);
}

/// <summary>All that an assignment needs to know of a topic.</summary>
internal readonly record struct TopicShape(Uuid Id, int Partitions);
