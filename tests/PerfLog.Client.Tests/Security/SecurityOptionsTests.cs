using System.Security.Cryptography.X509Certificates;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Client.Security;
using PerfLog.Testing;
using PerfLog.Testing.Security;

namespace PerfLog.Client.Tests.Security;

public sealed class SecurityOptionsTests
{
    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"SECRET\";";

    [Fact]
    public void Without_a_word_nothing_is_protected()
    {
        Assert.Equal(SecurityProtocol.Plaintext, ProducerOptions.FromProperties([new("bootstrap.servers", "a:1")]).Security.Protocol);
        Assert.Equal(SecurityProtocol.Plaintext, ConsumerOptions.FromProperties([new("bootstrap.servers", "a:1")]).Security.Protocol);
        Assert.Equal(SecurityProtocol.Plaintext, AdminClientOptions.FromProperties([new("bootstrap.servers", "a:1")]).Security.Protocol);
    }

    [Theory]
    [InlineData("security.protocol", "TLS", "security.protocol=TLS is not allowed: it must be one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL")]
    [InlineData("sasl.mechanism", "GSSAPI", "one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512")]
    [InlineData("ssl.enabled.protocols", "TLSv1.2,SSLv3", "ssl.enabled.protocols=SSLv3 is not allowed: it must be one of TLSv1.2, TLSv1.3")]
    [InlineData("ssl.endpoint.identification.algorithm", "http", "https, or empty")]
    [InlineData("ssl.truststore.type", "JKS", "one of PEM, PKCS12")]
    [InlineData("sasl.mechanism", "PLAIN", "security.protocol=SASL_PLAINTEXT or SASL_SSL")]
    [InlineData("sasl.jaas.config", Plain, "security.protocol=SASL_PLAINTEXT or SASL_SSL")]
    [InlineData("sasl.password", "SECRET", "security.protocol=SASL_PLAINTEXT or SASL_SSL")]
    [InlineData("ssl.truststore.location", "ca.pem", "security.protocol=SSL or SASL_SSL")]
    [InlineData("ssl.keystore.key", "SECRET", "security.protocol=SSL or SASL_SSL")]
    [InlineData("ssl.keystore.lokation", "a.pem", "the nearest one is ssl.keystore.location")]
    public void A_value_that_means_nothing_is_named_with_what_is_allowed(string name, string value, string told)
    {
        KeyValuePair<string, string>[] properties = [new("bootstrap.servers", "a:1"), new(name, value)];

        Assert.All<Action>(
            [
                () => ProducerOptions.FromProperties(properties),
                () => ConsumerOptions.FromProperties(properties),
                () => AdminClientOptions.FromProperties(properties),
            ],
            read =>
            {
                ClientConfigurationException failure = Assert.Throws<ClientConfigurationException>(read);
                Assert.Equal(name, failure.Option);
                Assert.Contains(told, failure.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("SECRET", failure.Message, StringComparison.Ordinal);
            });
    }

    [Theory]
    [InlineData("sasl.mechanism", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")]
    [InlineData("sasl.jaas.config", "or set sasl.username", "sasl.mechanism=PLAIN")]
    [InlineData("sasl.password", "the password of sasl.username", "sasl.mechanism=PLAIN", "sasl.username=u")]
    [InlineData("sasl.username", "left out where sasl.jaas.config is given", "sasl.mechanism=PLAIN", "sasl.username=u", "sasl.jaas.config=" + Plain)]
    [InlineData("sasl.mechanism", "the login module that sasl.jaas.config names", "sasl.mechanism=SCRAM-SHA-256", "sasl.jaas.config=" + Plain)]
    public void SASL_needs_a_mechanism_and_one_identity_that_fit_together(string option, string told, params string[] given) =>
        Expect(option, told, ["security.protocol=SASL_PLAINTEXT", .. given]);

    [Fact]
    public void A_file_that_is_not_what_it_should_be_is_named_with_its_option()
    {
        using TestAuthority authority = new();
        using TemporaryFolder folder = new();
        using X509Certificate2 own = authority.Sign("alice");
        string ca = folder.File("ca.pem", authority.Pem);
        string keyless = folder.File("a.pem", own.ExportCertificatePem());
        string locked = folder.File("a.p12", own.Export(X509ContentType.Pkcs12, "SECRET"));
        string javas = folder.File("a.jks", [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]);
        string nothing = folder.File("nothing.pem", "-----BEGIN NOTHING-----");

        Expect("ssl.truststore.location", "Could not find", ["security.protocol=SSL", "ssl.truststore.location=/no/such.pem"]);
        Expect("ssl.truststore.location", "holds no certificate", ["security.protocol=SSL", $"ssl.truststore.location={nothing}"]);
        Expect("ssl.truststore.location", "keytool -importkeystore", ["security.protocol=SSL", $"ssl.truststore.location={javas}"]);
        Expect("ssl.truststore.location", "ssl.truststore.password", ["security.protocol=SSL", $"ssl.truststore.location={ca}", "ssl.truststore.type=PKCS12"]);
        Expect("ssl.keystore.location", "certificate and key cannot be used", ["security.protocol=SSL", $"ssl.keystore.location={keyless}"]);
        Expect("ssl.keystore.location", "ssl.keystore.password", ["security.protocol=SSL", $"ssl.keystore.location={locked}", "ssl.keystore.password=other"]);
        Expect("ssl.keystore.certificate.chain", "used with ssl.keystore.key", ["security.protocol=SSL", $"ssl.certificate.location={keyless}"]);
        Expect("ssl.keystore.location", "left out", ["security.protocol=SSL", $"ssl.keystore.location={locked}", $"ssl.key.location={keyless}"]);
    }

    [Fact]
    public void Passwords_and_keys_are_in_no_text_of_the_options()
    {
        ProducerOptions options = ProducerOptions.FromProperties(
            [new("bootstrap.servers", "a:1"), new("security.protocol", "SASL_SSL"), new("sasl.mechanism", "PLAIN"), new("sasl.jaas.config", Plain)]);
        SecurityOptions typed = new() { Password = "SECRET", Key = "SECRET", KeyPassword = "SECRET", KeyStorePassword = "SECRET", TrustStorePassword = "SECRET" };

        Assert.DoesNotContain("SECRET", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", typed.ToString(), StringComparison.Ordinal);
        Assert.Contains("Username = u", options.ToString(), StringComparison.Ordinal);
    }

    private static void Expect(string option, string told, string[] given)
    {
        IEnumerable<KeyValuePair<string, string>> properties = given.Select(static pair => pair.Split('=', 2)).Select(static pair => KeyValuePair.Create(pair[0], pair[1]));
        ClientConfigurationException failure = Assert.Throws<ClientConfigurationException>(
            () => ProducerOptions.FromProperties([new("bootstrap.servers", "a:1"), .. properties]));
        Assert.Equal(option, failure.Option);
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", failure.Message, StringComparison.Ordinal);
    }
}
