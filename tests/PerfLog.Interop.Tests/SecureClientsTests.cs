using Confluent.Kafka;
using PerfLog.Testing.Security;

namespace PerfLog.Interop;

/// <summary>
/// Goal: what the program's own clients do about TLS and SASL is what librdkafka does. Both take one file of settings, and meet one front, which
/// is thereby no invention of ours.
/// </summary>
public sealed class SecureClientsTests
{
    [Theory]
    [InlineData("SCRAM-SHA-256", false)]
    [InlineData("SCRAM-SHA-512", true)]
    public async Task Both_read_what_the_other_wrote_with_the_same_settings(string mechanism, bool isEncrypted)
    {
        using TestAuthority authority = new();
        await using SecureFront front = new(new SecureFrontOptions
        {
            Certificate = isEncrypted ? authority.Sign("broker", "localhost") : null, Mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
        });
        using TemporaryFolder folder = new();
        await using BrokerProcess broker = await BrokerProcess.StartAsync(
            folder.File("data"), 0, $"advertised.listeners=PLAINTEXT://localhost:{front.Port}");
        front.Broker = new(System.Net.IPAddress.Loopback, broker.Port);
        await File.WriteAllTextAsync(folder.File("ca.pem"), authority.Pem);
        await File.WriteAllLinesAsync(folder.File("lines"), ["ours"]);
        Dictionary<string, string> settings = new()
        {
            ["security.protocol"] = isEncrypted ? "SASL_SSL" : "SASL_PLAINTEXT",
            ["sasl.mechanism"] = mechanism,
            ["sasl.username"] = front.Options.Username,
            ["sasl.password"] = front.Options.Password,
        };
        if (isEncrypted) settings["ssl.ca.location"] = folder.File("ca.pem");
        await File.WriteAllLinesAsync(folder.File("client.properties"), settings.Select(static entry => $"{entry.Key}={entry.Value}"));
        string address = $"localhost:{front.Port}";
        string[] own = ["-b", address, "--command-config", folder.File("client.properties")];

        (await ForeignProgram.PerfLogAsync(["topics", "create", "t", .. own])).ShouldSucceed();
        (await ForeignProgram.PerfLogAsync(["produce", "t", folder.File("lines"), .. own])).ShouldSucceed();
        using (IProducer<string?, string> producer = Clients.Producer(address, config => Set(config, settings)))
            await Clients.SendAsync(producer, "t", ["theirs"]);
        using IConsumer<string?, string> consumer = Clients.Consumer(address, config => Set(config, settings));
        consumer.Assign(new TopicPartitionOffset("t", 0, 0));
        string[] theyRead = [consumer.Consume(Limits.Operation).Message.Value, consumer.Consume(Limits.Operation).Message.Value];
        ProgramResult weRead = (await ForeignProgram.PerfLogAsync(["consume", "t", "--from-beginning", "-e", .. own])).ShouldSucceed();

        Assert.Equal(["ours", "theirs"], theyRead);
        Assert.Equal(theyRead, weRead.Lines);
    }

    private static void Set(ClientConfig config, Dictionary<string, string> settings)
    {
        foreach (var (name, value) in settings) config.Set(name, value);
    }
}
