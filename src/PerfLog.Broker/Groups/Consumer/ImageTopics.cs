using System.Diagnostics.CodeAnalysis;
using PerfLog.Broker.Handlers;
using PerfLog.Metadata;

namespace PerfLog.Broker.Groups;

/// <summary>The cluster's topics as groups see them. Immutable; made anew when the cluster's table is another.</summary>
internal sealed class ImageTopics(TopicTable topics) : ITopicView
{
    public object Version => topics;

    public IEnumerable<string> Names => topics.Select(static topic => topic.Name).Where(static name => !InternalTopics.Contains(name));

    public bool TryFind(string name, out TopicShape topic)
    {
        TopicImage? image = topics.Find(name);
        topic = image is null ? default : new TopicShape(image.Id, image.Partitions.Length);
        return image is not null;
    }

    public bool TryFindName(Uuid id, [NotNullWhen(true)] out string? name)
    {
        name = topics.Find(id)?.Name;
        return name is not null;
    }
}
