using System.Text.Json;

namespace PerfLog.Interop;

[Collection(SharedBrokerTests.Name)]
public sealed class KcatTests(SharedBroker broker)
{
    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task Lines_are_written_and_read_with_each_codec(string codec)
    {
        string topic = await NewTopicAsync($"kcat-{codec}");
        string[] lines = [.. Enumerable.Range(0, 1000).Select(static number => $"line {number} {new string('y', number % 300)}")];

        await ProduceAsync(topic, lines, "-z", codec);

        Assert.Equal(lines, await ConsumeAsync(topic));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("all")]
    public async Task Keys_and_headers_travel_with_each_acks(string acks)
    {
        string topic = await NewTopicAsync($"kcat-acks-{acks}");

        await ProduceAsync(topic, ["a:1", "b:2"], "-K:", "-H", "source=kcat", "-X", $"acks={acks}");
        await Limits.UntilAsync("both records arrived", () =>
            ConsumeAsync(topic, "-f", "%o %k=%s %h\n").GetAwaiter().GetResult().Length == 2);

        Assert.Equal(["0 a=1 source=kcat", "1 b=2 source=kcat"], await ConsumeAsync(topic, "-f", "%o %k=%s %h\n"));
    }

    /// <summary>Clients before 0.10 send message format 0, those before 0.11 format 1: neither knows record batches.</summary>
    [Theory]
    [InlineData("0.9.0.1", "none")]
    [InlineData("0.9.0.1", "gzip")]
    [InlineData("0.9.0.1", "snappy")]
    [InlineData("0.10.2.0", "none")]
    [InlineData("0.10.2.0", "gzip")]
    [InlineData("0.10.2.0", "snappy")]
    [InlineData("0.10.2.0", "lz4")]
    public async Task Old_clients_formats_are_accepted_and_read_by_new_ones(string release, string codec)
    {
        string topic = await NewTopicAsync($"kcat-old-{codec}");
        string[] lines = [.. Enumerable.Range(0, 200).Select(static number => $"{number}:old line {number}")];

        await ProduceAsync(topic, lines, "-K:", "-z", codec, "-X", "api.version.request=false", "-X", $"broker.version.fallback={release}");

        Assert.Equal(lines, await ConsumeAsync(topic, "-K:"));
    }

    [Theory]
    [InlineData("0.9.0.1")]
    [InlineData("0.10.2.0")]
    [InlineData("0.11.0.0")]
    [InlineData("2.0.0")]
    public async Task Old_clients_read_what_new_ones_wrote(string release)
    {
        string topic = await NewTopicAsync("kcat-read-old");
        string[] lines = [.. Enumerable.Range(0, 200).Select(static number => $"{number}:line {number}")];
        await ProduceAsync(topic, lines, "-K:", "-z", "gzip");

        Assert.Equal(lines, await ConsumeAsync(
            topic, "-K:", "-X", "api.version.request=false", "-X", $"broker.version.fallback={release}"));
    }

    [Fact]
    public async Task The_metadata_names_broker_and_topic()
    {
        string topic = await NewTopicAsync("kcat-metadata", partitions: 3);

        ProgramResult listing = (await ForeignProgram.KcatAsync("", "-b", broker.Address, "-L", "-J")).ShouldSucceed();

        using JsonDocument metadata = JsonDocument.Parse(listing.Output);
        Assert.Equal(broker.Address, metadata.RootElement.GetProperty("brokers")[0].GetProperty("name").GetString());
        JsonElement listed = metadata.RootElement.GetProperty("topics").EnumerateArray()
            .Single(entry => entry.GetProperty("topic").GetString() == topic);
        Assert.Equal(3, listed.GetProperty("partitions").GetArrayLength());
    }

    [Fact]
    public async Task Offsets_are_found_by_time()
    {
        string topic = await NewTopicAsync("kcat-query");
        await ProduceAsync(topic, ["a", "b", "c"]);

        ProgramResult past = (await ForeignProgram.KcatAsync("", "-b", broker.Address, "-Q", "-t", $"{topic}:0:1000")).ShouldSucceed();
        ProgramResult end = (await ForeignProgram.KcatAsync("", "-b", broker.Address, "-Q", "-t", $"{topic}:0:-1")).ShouldSucceed();

        Assert.Contains("offset 0", past.Output);
        Assert.Contains("offset 3", end.Output);
    }

    [Fact]
    public async Task Reading_starts_at_an_offset_from_the_end_and_at_a_time()
    {
        string topic = await NewTopicAsync("kcat-offsets");
        await ProduceAsync(topic, [.. Enumerable.Range(0, 50).Select(static number => $"{number}")]);

        Assert.Equal(["45", "46", "47", "48", "49"], await ConsumeAsync(topic, "-o", "45"));
        Assert.Equal(["48", "49"], await ConsumeAsync(topic, "-o", "-2"));
        Assert.Equal(50, (await ConsumeAsync(topic, "-o", "s@1000")).Length);
    }

    [Fact]
    public async Task An_idempotent_producer_gets_its_id_and_writes()
    {
        string topic = await NewTopicAsync("kcat-idempotent");

        await ProduceAsync(topic, ["a", "b"], "-X", "enable.idempotence=true");

        Assert.Equal(["a", "b"], await ConsumeAsync(topic));
    }

    private async Task<string> NewTopicAsync(string stem, int partitions = 1)
    {
        string topic = SharedBroker.NewTopicName(stem);
        await Clients.CreateTopicAsync(broker.Address, topic, partitions);
        return topic;
    }

    private async Task ProduceAsync(string topic, string[] lines, params string[] options) =>
        (await ForeignProgram.KcatAsync(
            string.Join('\n', lines) + "\n", ["-P", "-b", broker.Address, "-t", topic, "-p", "0", .. options])).ShouldSucceed();

    private async Task<string[]> ConsumeAsync(string topic, params string[] options)
    {
        string[] from = options.Contains("-o") ? [] : ["-o", "beginning"];
        ProgramResult result = await ForeignProgram.KcatAsync(
            "", ["-C", "-b", broker.Address, "-t", topic, "-p", "0", "-e", "-q", .. from, .. options]);
        return result.ShouldSucceed().Lines;
    }
}
