using PerfLog.Metadata;

namespace PerfLog.Broker.Groups;

/// <summary>The topics of this moment as groups see them; made anew only when they have changed. Any thread may call it.</summary>
internal sealed class TopicViews(ClusterMetadata cluster)
{
    private ImageTopics _current = new(cluster.Image.Topics);

    public ImageTopics Current
    {
        get
        {
            TopicTable table = cluster.Image.Topics;
            ImageTopics topics = Volatile.Read(ref _current);
            if (ReferenceEquals(topics.Version, table)) return topics;
            Volatile.Write(ref _current, topics = new ImageTopics(table));
            return topics;
        }
    }
}
