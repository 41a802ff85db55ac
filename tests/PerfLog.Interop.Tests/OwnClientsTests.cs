using Confluent.Kafka;

namespace PerfLog.Interop;

/// <summary>The program's own clients, by its commands, beside clients that others wrote.</summary>
[Collection(SharedBrokerTests.Name)]
public sealed class OwnClientsTests(SharedBroker broker)
{
    public static TheoryData<CompressionType> Codecs() => [.. Enum.GetValues<CompressionType>()];

    [Theory]
    [MemberData(nameof(Codecs))]
    public async Task What_they_write_others_read_with_each_codec(CompressionType codec)
    {
        string topic = SharedBroker.NewTopicName($"own-write-{codec}");
        await Clients.CreateTopicAsync(broker.Address, topic);
        using TemporaryFolder folder = new();
        string[] values = [.. Enumerable.Range(0, 500).Select(number => $"record {number} {new string('x', number)}")];
        await File.WriteAllLinesAsync(folder.File("lines"), values);

        (await ForeignProgram.PerfLogAsync(
            "produce", topic, folder.File("lines"), "-X", $"compression.type={codec.ToString().ToLowerInvariant()}", "-b", broker.Address)).ShouldSucceed();

        Assert.Equal(values, Clients.ReadToEnd(broker.Address, topic).Select(static record => record.Message.Value));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public async Task What_others_write_they_read_with_each_codec(CompressionType codec)
    {
        string topic = SharedBroker.NewTopicName($"own-read-{codec}");
        await Clients.CreateTopicAsync(broker.Address, topic);
        string[] values = [.. Enumerable.Range(0, 500).Select(number => $"record {number} {new string('x', number)}")];
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address, config => config.CompressionType = codec))
            await Clients.SendAsync(producer, topic, values);

        ProgramResult read = (await ForeignProgram.PerfLogAsync("consume", topic, "--from-beginning", "-e", "-b", broker.Address)).ShouldSucceed();

        Assert.Equal(values, read.Lines);
    }

    [Fact]
    public async Task Keys_go_to_the_partitions_that_others_send_them_to_by_murmur2()
    {
        string own = SharedBroker.NewTopicName("own-keys");
        string theirs = SharedBroker.NewTopicName("their-keys");
        await Clients.CreateTopicAsync(broker.Address, own, partitions: 7);
        await Clients.CreateTopicAsync(broker.Address, theirs, partitions: 7);
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address, static config => config.Partitioner = Partitioner.Murmur2))
        {
            await Limits.WithinAsync("all records are written", Task.WhenAll(Enumerable.Range(0, 100).Select(number =>
                producer.ProduceAsync(theirs, new Message<string?, string> { Key = $"key {number}", Value = $"value {number}" }))));
        }

        using TemporaryFolder folder = new();
        await File.WriteAllLinesAsync(folder.File("lines"), Enumerable.Range(0, 100).Select(static number => $"key {number}:value {number}"));

        (await ForeignProgram.PerfLogAsync("produce", own, folder.File("lines"), "-K", ":", "-b", broker.Address)).ShouldSucceed();

        Assert.Equal(await PlacesAsync(theirs), await PlacesAsync(own));
    }

    private async Task<IEnumerable<string>> PlacesAsync(string topic)
    {
        ProgramResult read = (await ForeignProgram.PerfLogAsync(
            "consume", topic, "--from-beginning", "-e", "-f", "%k in %p\\n", "-b", broker.Address)).ShouldSucceed();
        Assert.Equal(100, read.Lines.Length);
        return read.Lines.Order();
    }
}
