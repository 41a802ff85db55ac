using System.Text.Json;

namespace PerfLog.Interop;

[Collection(SharedBrokerTests.Name)]
public sealed class KafkajsTests(SharedBroker broker)
{
    [Theory]
    [InlineData("none", 1)]
    [InlineData("none", -1)]
    [InlineData("none", 0)]
    [InlineData("gzip", 1)]
    [InlineData("gzip", -1)]
    [InlineData("snappy", -1)]
    public async Task What_it_writes_it_reads_and_so_do_others(string codec, int acks)
    {
        string topic = SharedBroker.NewTopicName($"kafkajs-{codec}");
        await Clients.CreateTopicAsync(broker.Address, topic);

        (await ForeignProgram.NodeAsync("produce.js", broker.Address, topic, codec, $"{acks}", "300")).ShouldSucceed();
        await Limits.UntilAsync("all records arrived", () => Clients.ReadToEnd(broker.Address, topic).Count == 300);
        ProgramResult read = (await ForeignProgram.NodeAsync("consume.js", broker.Address, topic, "0", "300")).ShouldSucceed();

        Assert.Equal(Enumerable.Range(0, 300).Select(static number => $"{number} key {number}=value {number} kafkajs"), read.Lines);
        Assert.Equal("value 299", Clients.ReadToEnd(broker.Address, topic)[299].Message.Value);
    }

    [Fact]
    public async Task It_reads_from_the_middle_of_what_others_wrote()
    {
        string topic = SharedBroker.NewTopicName("kafkajs-middle");
        await Clients.CreateTopicAsync(broker.Address, topic);
        using (var producer = Clients.Producer(broker.Address, static config => config.CompressionType = Confluent.Kafka.CompressionType.Gzip))
            await Clients.SendAsync(producer, topic, Enumerable.Range(0, 100).Select(static number => $"{number}"));

        ProgramResult read = (await ForeignProgram.NodeAsync("consume.js", broker.Address, topic, "95", "5")).ShouldSucceed();

        Assert.Equal(["95", "96", "97", "98", "99"], read.Lines.Select(static line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task Its_idempotent_producer_writes()
    {
        string topic = SharedBroker.NewTopicName("kafkajs-idempotent");
        await Clients.CreateTopicAsync(broker.Address, topic);

        (await ForeignProgram.NodeAsync("produce.js", broker.Address, topic, "none", "-1", "50", "idempotent")).ShouldSucceed();

        Assert.Equal(50, Clients.ReadToEnd(broker.Address, topic).Count);
    }

    [Fact]
    public async Task Its_topic_administration_works()
    {
        string topic = SharedBroker.NewTopicName("kafkajs-admin");

        ProgramResult walk = (await ForeignProgram.NodeAsync("administer.js", broker.Address, topic)).ShouldSucceed();

        using JsonDocument seen = JsonDocument.Parse(walk.Output);
        Assert.Equal(
            """created=True createdAgain=False listed=True listedAfterDeletion=False low=2 partitions=4 retention=4321 high=3 brokers=1""",
            string.Join(' ', seen.RootElement.EnumerateObject().Select(static fact => $"{fact.Name}={fact.Value}")));
    }
}
