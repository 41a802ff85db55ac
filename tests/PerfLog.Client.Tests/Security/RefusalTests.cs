using System.Security.Cryptography.X509Certificates;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Protocol.Connections;
using PerfLog.Testing.Security;

namespace PerfLog.Client.Tests.Security;

/// <summary>Goal: who is not let in is told why, and what to change, at once and not when a long time is over.</summary>
public sealed class RefusalTests : IDisposable
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(15);
    private static readonly (string, string)[] Scram =
    [
        ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "SCRAM-SHA-256"), ("sasl.username", "alice"), ("sasl.password", "wrong"),
    ];

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_wrong_password_is_told_by_every_client_in_the_broker_s_words()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Mechanisms = ["SCRAM-SHA-256"] });
        Dictionary<string, string> settings = cluster.Settings(Scram);
        const string Words = "SCRAM-SHA-256 as alice: Authentication failed: Invalid username or password";

        Assert.Contains(Words, (await AdminFailureAsync<SaslAuthenticationException>(settings)).Message, StringComparison.Ordinal);
        await using Producer<string, string> producer = new(ProducerOptions.FromProperties(settings));
        ProduceException unsent = await SoonAsync<ProduceException>(() => producer.SendAsync("t", "key", "value").AsTask());
        Assert.Equal(ErrorCode.SaslAuthenticationFailed, unsent.Error);
        Assert.Contains(Words, unsent.Message, StringComparison.Ordinal);
        await using Consumer<string, string> member = new(ConsumerOptions.FromProperties([.. settings, new("group.id", "g")]));
        member.Subscribe(["t"]);
        await PollFailsAsync(member, Words);
        await using Consumer<string, string> reader = new(ConsumerOptions.FromProperties(settings));
        reader.Assign(new TopicPartition("t", 0));
        await PollFailsAsync(reader, Words);
    }

    [Fact]
    public async Task A_client_goes_on_once_the_broker_takes_its_password()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Mechanisms = ["SCRAM-SHA-256"] });
        await using Producer<string, string> producer = new(ProducerOptions.FromProperties(cluster.Settings(Scram)));
        await SoonAsync<ProduceException>(() => producer.SendAsync("t", "key", "value").AsTask());

        cluster.Front.Options = cluster.Front.Options with { Password = "wrong" };

        await producer.SendAsync("t", "key", "value");
    }

    [Fact]
    public async Task A_mechanism_that_the_broker_does_not_have_is_told_with_those_that_it_has()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Mechanisms = ["PLAIN", "SCRAM-SHA-512"] });

        string told = (await AdminFailureAsync<SaslAuthenticationException>(cluster.Settings(Scram))).Message;

        Assert.Contains("does not offer SCRAM-SHA-256 (sasl.mechanism) but PLAIN, SCRAM-SHA-512", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_cannot_sign_with_the_password_is_not_talked_to()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(
            new SecureFrontOptions { Mechanisms = ["SCRAM-SHA-256"], Password = "wrong", SignsWrongly = true });

        string told = (await AdminFailureAsync<SaslAuthenticationException>(cluster.Settings(Scram))).Message;

        Assert.Contains("the broker's signature is wrong", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_without_SASL_is_told()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions());

        string told = (await AdminFailureAsync<SaslAuthenticationException>(cluster.Settings(Scram))).Message;

        Assert.Contains("offers no SASL (security.protocol)", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_SASL_is_told_that_it_may_be_asked_for()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Mechanisms = ["PLAIN"] });

        string told = (await AdminFailureAsync<BrokerConnectionException>(cluster.Settings())).Message;

        Assert.Contains("may ask for authentication (security.protocol)", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_not_trusted()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Certificate = _authority.Sign("broker", "localhost") });
        using TestAuthority other = new("Other");
        (string, string) tls = ("security.protocol", "SSL");

        string bySystem = (await AdminFailureAsync<SslAuthenticationException>(cluster.Settings(tls))).Message;
        string byOther = (await AdminFailureAsync<SslAuthenticationException>(
            cluster.Settings(tls, ("ssl.truststore.certificates", other.Pem), ("ssl.endpoint.identification.algorithm", "")))).Message;

        Assert.All([bySystem, byOther], static told =>
        {
            Assert.Contains("(CN=broker, signed by CN=Test Authority) is not trusted", told, StringComparison.Ordinal);
            Assert.Contains("ssl.truststore.location", told, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_with_the_names_that_it_has()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(
            new SecureFrontOptions { Certificate = _authority.Sign("broker", "broker.example", "10.1.2.3") });

        string told = (await AdminFailureAsync<SslAuthenticationException>(
            cluster.Settings(("security.protocol", "SSL"), ("ssl.truststore.certificates", _authority.Pem)))).Message;

        Assert.Contains("is for broker.example, 10.1.2.3, not for localhost", told, StringComparison.Ordinal);
        Assert.Contains("ssl.endpoint.identification.algorithm", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_whose_time_is_over_is_refused_with_its_times()
    {
        X509Certificate2 old = _authority.Sign("broker", DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(-1), "localhost");
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Certificate = old });

        string told = (await AdminFailureAsync<SslAuthenticationException>(
            cluster.Settings(("security.protocol", "SSL"), ("ssl.truststore.certificates", _authority.Pem)))).Message;

        Assert.Contains("is valid from", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_shows_no_certificate_is_told_which_option_names_one()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions
        {
            Certificate = _authority.Sign("broker", "localhost"), ClientAuthority = _authority.Certificate,
        });

        foreach (string version in (string[])["TLSv1.2", "TLSv1.3"])
        {
            Exception told = await Assert.ThrowsAnyAsync<Exception>(() => DescribeAsync(cluster.Settings(
                ("security.protocol", "SSL"), ("ssl.truststore.certificates", _authority.Pem), ("ssl.enabled.protocols", version))));
            Assert.Contains("ssl.keystore.location", told.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_broker_that_does_not_speak_TLS_is_told()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions());

        string told = (await AdminFailureAsync<BrokerConnectionException>(cluster.Settings(("security.protocol", "SSL")))).Message;

        Assert.Contains("may not speak TLS (security.protocol)", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_speaks_only_TLS_is_told()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Certificate = _authority.Sign("broker", "localhost") });

        string told = (await AdminFailureAsync<BrokerConnectionException>(cluster.Settings())).Message;

        Assert.Contains("may speak TLS only (security.protocol)", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_producer_that_gives_up_tells_what_its_connections_failed_of()
    {
        await using SecureCluster cluster = await SecureCluster.StartAsync(new SecureFrontOptions { Certificate = _authority.Sign("broker", "localhost") });
        await using Producer<string, string> producer = new(ProducerOptions.FromProperties(cluster.Settings(("max.block.ms", "500"))));

        string told = (await SoonAsync<ProduceException>(() => producer.SendAsync("t", "key", "value").AsTask())).Message;

        Assert.Contains("within 500 ms (max.block.ms); at last: localhost:", told, StringComparison.Ordinal);
        Assert.Contains("may speak TLS only (security.protocol)", told, StringComparison.Ordinal);
    }

    private static async Task PollFailsAsync(Consumer<string, string> consumer, string words)
    {
        ConsumeException failure = await SoonAsync<ConsumeException>(async () =>
        {
            while (true) using (await consumer.PollAsync(TimeSpan.FromSeconds(1))) { }
        });
        Assert.Equal(ErrorCode.SaslAuthenticationFailed, failure.Error);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    private static Task<T> AdminFailureAsync<T>(Dictionary<string, string> settings)
        where T : Exception => SoonAsync<T>(() => DescribeAsync(settings));

    private static async Task DescribeAsync(Dictionary<string, string> settings)
    {
        await using AdminClient admin = AdminClient.Create(AdminClientOptions.FromProperties(settings));
        await admin.DescribeClusterAsync();
    }

    private static Task<T> SoonAsync<T>(Func<Task> work)
        where T : Exception => Assert.ThrowsAsync<T>(() => work().WaitAsync(AtOnce));
}
