using Confluent.Kafka;

namespace PerfLog.Interop.Groups;

/// <summary>A topic of its own for a test of groups, filled with numbers that go round its partitions.</summary>
internal sealed class GroupTopic : IDisposable
{
    private readonly IProducer<string?, string> _producer;

    private GroupTopic(string address, string name, int partitions)
    {
        _producer = Clients.Producer(address);
        Name = name;
        Partitions = partitions;
    }

    public string Name { get; }

    public int Partitions { get; }

    /// <summary>How many records were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>The values of all records that were sent.</summary>
    public IEnumerable<string> Values => Enumerable.Range(0, Sent).Select(static number => $"{number}").Order();

    public static async Task<GroupTopic> CreateAsync(string address, string stem, int partitions = 12)
    {
        string name = SharedBroker.NewTopicName(stem);
        await Clients.CreateTopicAsync(address, name, partitions);
        return new GroupTopic(address, name, partitions);
    }

    public async Task SendAsync(int count)
    {
        var sends = new List<Task>();
        for (int sent = 0; sent < count; sent++, Sent++)
            sends.Add(_producer.ProduceAsync(new Confluent.Kafka.TopicPartition(Name, Sent % Partitions), new() { Value = $"{Sent}" }));
        await Limits.WithinAsync($"{count} records sent to {Name}", Clients.Done(Task.WhenAll(sends)));
    }

    /// <summary>Waits until every record was read at least once.</summary>
    public Task UntilAllReadAsync(Func<IEnumerable<string>> read) =>
        Limits.UntilAsync($"all {Sent} records of {Name} are read", () => read().Distinct().Count() == Sent);

    public void Dispose() => _producer.Dispose();
}
