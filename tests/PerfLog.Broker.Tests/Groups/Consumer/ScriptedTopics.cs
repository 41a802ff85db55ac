using System.Diagnostics.CodeAnalysis;
using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups.Consumer;

/// <summary>Topics that a test makes, grows and deletes.</summary>
internal sealed class ScriptedTopics : ITopicView
{
    private readonly Dictionary<string, TopicShape> _topics = [];
    private long _made;

    public object Version { get; private set; } = new();

    public IEnumerable<string> Names => _topics.Keys;

    public TopicShape this[string name] => _topics[name];

    public ScriptedTopics With(string name, int partitions)
    {
        Set(name, partitions);
        return this;
    }

    /// <summary>A topic keeps its id for as long as it exists.</summary>
    public void Set(string name, int partitions)
    {
        Uuid id = _topics.TryGetValue(name, out TopicShape topic) ? topic.Id : new Uuid(7, ++_made);
        _topics[name] = new TopicShape(id, partitions);
        Version = new object();
    }

    public void Delete(string name)
    {
        if (_topics.Remove(name)) Version = new object();
    }

    public bool TryFind(string name, out TopicShape topic) => _topics.TryGetValue(name, out topic);

    public bool TryFindName(Uuid id, [NotNullWhen(true)] out string? name)
    {
        name = _topics.FirstOrDefault(topic => topic.Value.Id == id).Key;
        return name is not null;
    }
}
