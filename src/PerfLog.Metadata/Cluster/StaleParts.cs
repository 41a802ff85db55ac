using System.Globalization;

namespace PerfLog.Metadata;

/// <summary>What of an image must be read again after some znodes changed. Filled once, then read.</summary>
internal sealed class StaleParts
{
    /// <summary>The cluster's id, its controller or the controller's epoch.</summary>
    public bool Cluster { get; private set; }

    public bool AllBrokers { get; private set; }

    public bool AllTopics { get; private set; }

    public bool AllBrokerConfigs { get; private set; }

    public HashSet<BrokerId> Brokers { get; } = [];

    public HashSet<string> Topics { get; } = new(StringComparer.Ordinal);

    public HashSet<TopicPartition> Partitions { get; } = [];

    public HashSet<string> TopicConfigs { get; } = new(StringComparer.Ordinal);

    public HashSet<string> BrokerConfigs { get; } = new(StringComparer.Ordinal);

    public static StaleParts Of(IEnumerable<ZnodeEvent> events)
    {
        var stale = new StaleParts();
        foreach (ZnodeEvent change in events)
        {
            if (change.Kind == ZnodeEventKind.Lost) stale.Cluster = stale.AllBrokers = stale.AllTopics = stale.AllBrokerConfigs = true;
            else stale.Add(change.Path);
        }

        return stale;
    }

    public static StaleParts At(IEnumerable<string> paths)
    {
        var stale = new StaleParts();
        foreach (string path in paths) stale.Add(path);
        return stale;
    }

    private void Add(string path)
    {
        switch (path.Split('/')[1..])
        {
            case ["cluster", "id"] or ["controller"] or ["controller_epoch"]:
                Cluster = true;
                break;
            case ["brokers", "ids"]:
                AllBrokers = true;
                break;
            case ["brokers", "topics"]:
                AllTopics = true;
                break;
            case ["config", "brokers"]:
                AllBrokerConfigs = true;
                break;
            case ["brokers", "ids", var broker] when TryNumber(broker, out int id):
                Brokers.Add(new BrokerId(id));
                break;
            case ["brokers", "topics", var topic]:
                Topics.Add(topic);
                break;
            case ["brokers", "topics", var topic, "partitions", var partition, "state"] when TryNumber(partition, out int number):
                Partitions.Add(new TopicPartition(topic, number));
                break;
            case ["config", "topics", var topic]:
                TopicConfigs.Add(topic);
                break;
            case ["config", "brokers", var entity]:
                BrokerConfigs.Add(entity);
                break;
        }
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
