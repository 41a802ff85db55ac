using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Testing;
using PerfLog.Testing.Security;

namespace PerfLog.Client.Tests.Security;

public sealed class SecureRoundTripTests : IDisposable
{
    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"alice\" password=\"alice's secret, \\\"quoted\\\"\";";
    private static readonly string Scram = Plain.Replace("plain.PlainLoginModule", "scram.ScramLoginModule", StringComparison.Ordinal);

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("PLAIN", false)]
    [InlineData("PLAIN", true)]
    [InlineData("SCRAM-SHA-256", false)]
    [InlineData("SCRAM-SHA-256", true)]
    [InlineData("SCRAM-SHA-512", true)]
    public async Task All_clients_work_with_the_settings_that_Kafka_s_clients_have(string mechanism, bool isEncrypted)
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions
        {
            Certificate = isEncrypted ? _authority.Sign("broker", "localhost") : null, Mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
        });
        Dictionary<string, string> settings = cluster.Settings(
            ("security.protocol", isEncrypted ? "SASL_SSL" : "SASL_PLAINTEXT"),
            ("sasl.mechanism", mechanism),
            ("sasl.jaas.config", mechanism == "PLAIN" ? Plain : Scram));
        if (isEncrypted) settings["ssl.truststore.certificates"] = _authority.Pem;

        await RoundTripAsync(settings);

        // Questions, data, joins and heartbeats: each client proves itself on each of its connections.
        Assert.InRange(cluster.Front.Proofs, 5, cluster.Front.Accepted);
    }

    [Fact]
    public async Task Librdkafka_s_names_are_understood_too()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions
        {
            Certificate = _authority.Sign("broker", "localhost"), Mechanisms = ["SCRAM-SHA-512"],
        });
        using TemporaryFolder folder = new();
        string authority = folder.File("ca.pem", _authority.Pem);

        await RoundTripAsync(cluster.Settings(
            ("security.protocol", "sasl_ssl"),
            ("sasl.mechanisms", "SCRAM-SHA-512"),
            ("sasl.username", cluster.Front.Options.Username),
            ("sasl.password", cluster.Front.Options.Password),
            ("ssl.ca.location", authority)));
    }

    [Theory]
    [InlineData("pem file")]
    [InlineData("encrypted pem file")]
    [InlineData("p12 file")]
    [InlineData("pem text")]
    [InlineData("two pem files")]
    public async Task A_client_may_prove_with_a_certificate_who_it_is(string kind)
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions
        {
            Certificate = _authority.Sign("broker", "localhost"), ClientAuthority = _authority.Certificate,
        });
        using TemporaryFolder folder = new();
        using X509Certificate2 own = _authority.Sign("alice");
        PbeParameters encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        using ECDsa key = own.GetECDsaPrivateKey()!;
        string plainKey = key.ExportPkcs8PrivateKeyPem();
        (string, string)[] identity = kind switch
        {
            "pem file" => [("ssl.keystore.location", folder.File("a.pem", own.ExportCertificatePem() + "\n" + plainKey))],
            "encrypted pem file" =>
            [
                ("ssl.keystore.location", folder.File("a.pem", key.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption) + "\n" + own.ExportCertificatePem())),
                ("ssl.keystore.type", "PEM"), ("ssl.key.password", "secret"),
            ],
            "p12 file" =>
            [
                ("ssl.keystore.location", folder.File("a.p12", own.Export(X509ContentType.Pkcs12, "secret"))), ("ssl.keystore.password", "secret"),
            ],
            "pem text" => [("ssl.keystore.certificate.chain", own.ExportCertificatePem()), ("ssl.keystore.key", plainKey)],
            _ =>
            [
                ("ssl.certificate.location", folder.File("a.crt", own.ExportCertificatePem())), ("ssl.key.location", folder.File("a.key", plainKey)),
            ],
        };

        await RoundTripAsync(cluster.Settings([.. identity, ("security.protocol", "SSL"), ("ssl.truststore.certificates", _authority.Pem)]));
    }

    [Theory]
    [InlineData("ca.pem")]
    [InlineData("ca.p12")]
    public async Task The_trusted_authority_may_stand_in_a_file_of_either_kind(string name)
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Certificate = _authority.Sign("broker", "localhost") });
        using TemporaryFolder folder = new();
        X509Certificate2Collection store = [X509CertificateLoader.LoadCertificate(_authority.Certificate.RawData)];
        string file = name.EndsWith("pem", StringComparison.Ordinal)
            ? folder.File(name, _authority.Pem)
            : folder.File(name, store.Export(X509ContentType.Pkcs12, "secret")!);

        await RoundTripAsync(cluster.Settings(
            ("security.protocol", "SSL"), ("ssl.truststore.location", file), ("ssl.truststore.password", "secret"), ("ssl.enabled.protocols", "TLSv1.2")));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_taken_when_names_are_not_compared()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Certificate = _authority.Sign("broker", "broker.example") });

        await RoundTripAsync(cluster.Settings(
            ("security.protocol", "SSL"), ("ssl.truststore.certificates", _authority.Pem), ("ssl.endpoint.identification.algorithm", "")));
    }

    [Fact]
    public async Task Large_batches_go_through_TLS_whole_and_in_order()
    {
        const int Records = 3000;
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Certificate = _authority.Sign("broker", "localhost") });
        Dictionary<string, string> settings = cluster.Settings(("security.protocol", "SSL"), ("ssl.truststore.certificates", _authority.Pem));
        await using (AdminClient admin = AdminClient.Create(AdminClientOptions.FromProperties(settings))) await admin.CreateTopicAsync(new NewTopic("t", 1));
        byte[] value = new byte[2000];
        await using (Producer<int, byte[]> producer = new(ProducerOptions.FromProperties(settings) with { BatchSize = 500_000, Acks = Acks.All, EnableIdempotence = true }))
        {
            for (int number = 0; number < Records; number++) await producer.Send(new ProducerRecord<int, byte[]>("t", number, value));
        }

        await using Consumer<int, byte[]> consumer = new(ConsumerOptions.FromProperties([.. settings, new("auto.offset.reset", "earliest")]));
        consumer.Assign(new TopicPartition("t", 0));
        int read = 0;
        while (read < Records)
        {
            using ConsumedBatch<int, byte[]> batch = await consumer.PollAsync(TimeSpan.FromSeconds(10));
            Assert.NotEqual(0, batch.Count);
            foreach (ConsumedRecord<int, byte[]> record in batch) Assert.Equal((read++, value.Length), (record.Key, record.Value.Length));
        }
    }

    private static async Task RoundTripAsync(Dictionary<string, string> settings)
    {
        await using AdminClient admin = AdminClient.Create(AdminClientOptions.FromProperties(settings));
        await admin.CreateTopicAsync(new NewTopic("t", 1));
        await using Producer<string, string> producer = new(ProducerOptions.FromProperties(settings));
        Assert.Equal(0, (await producer.SendAsync("t", "key", "value")).Offset.Value);
        await using Consumer<string, string> consumer = new(ConsumerOptions.FromProperties(
            [.. settings, new("auto.offset.reset", "earliest"), new("group.id", "g")]));
        consumer.Subscribe(["t"]);
        using ConsumedBatch<string, string> batch = await consumer.PollAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(("key", "value"), (batch[0].Key, batch[0].Value));
        await consumer.CommitAsync();
    }
}
