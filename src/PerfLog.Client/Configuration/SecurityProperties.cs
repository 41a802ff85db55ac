using System.Security.Authentication;
using PerfLog.Client.Security;
using PerfLog.Protocol.Authentication;

namespace PerfLog.Client;

/// <summary>The options by which every kind of client protects its connections, by Kafka's names and by librdkafka's.</summary>
internal static class SecurityProperties
{
    private const string NameCheck = "ssl.endpoint.identification.algorithm";

    private static readonly Dictionary<string, SecurityProtocol> ProtocolsByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PLAINTEXT"] = SecurityProtocol.Plaintext, ["SSL"] = SecurityProtocol.Ssl,
        ["SASL_PLAINTEXT"] = SecurityProtocol.SaslPlaintext, ["SASL_SSL"] = SecurityProtocol.SaslSsl,
    };

    private static readonly Dictionary<string, SaslMechanism> MechanismsByName =
        Enum.GetValues<SaslMechanism>().ToDictionary(static mechanism => mechanism.Name());

    private static readonly Dictionary<string, StoreType> StoreTypesByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PEM"] = StoreType.Pem, ["PKCS12"] = StoreType.Pkcs12,
    };

    private static readonly Dictionary<string, SslProtocols> TlsVersionsByName = new()
    {
        ["TLSv1.2"] = SslProtocols.Tls12, ["TLSv1.3"] = SslProtocols.Tls13,
    };

    /// <summary>Adds them to a client's options.</summary>
    /// <param name="table">The client's options by name.</param>
    /// <param name="change">Changes how the client protects its connections.</param>
    public static OptionTable<TOptions> Security<TOptions>(
        this OptionTable<TOptions> table, Func<TOptions, Func<SecurityOptions, SecurityOptions>, TOptions> change)
    {
        table
            .Choice("security.protocol", ProtocolsByName, (options, value) => change(options, security => security with { Protocol = value }))
            .Choice("ssl.truststore.type", StoreTypesByName, (options, value) => change(options, security => security with { TrustStoreType = value }))
            .Choice("ssl.keystore.type", StoreTypesByName, (options, value) => change(options, security => security with { KeyStoreType = value }));
        foreach (string name in (string[])["sasl.mechanism", "sasl.mechanisms"])
            table.Choice(name, MechanismsByName, (options, value) => change(options, security => security with { Mechanism = value }));
        Text("sasl.jaas.config", static (security, value) => security with { Login = JaasLogin.Parse(value) });
        Text("sasl.username", static (security, value) => security with { Username = value });
        Text("sasl.password", static (security, value) => security with { Password = value });
        Text("ssl.truststore.location", static (security, value) => security with { TrustStoreLocation = value });
        Text("ssl.ca.location", static (security, value) => security with { TrustStoreLocation = value });
        Text("ssl.truststore.password", static (security, value) => security with { TrustStorePassword = value });
        Text("ssl.truststore.certificates", static (security, value) => security with { TrustedCertificates = value });
        Text("ssl.ca.pem", static (security, value) => security with { TrustedCertificates = value });
        Text("ssl.keystore.location", static (security, value) => security with { KeyStoreLocation = value });
        Text("ssl.keystore.password", static (security, value) => security with { KeyStorePassword = value });
        Text("ssl.keystore.certificate.chain", static (security, value) => security with { CertificateChain = value });
        Text("ssl.certificate.pem", static (security, value) => security with { CertificateChain = value });
        Text("ssl.certificate.location", static (security, value) => security with { CertificateLocation = value });
        Text("ssl.keystore.key", static (security, value) => security with { Key = value });
        Text("ssl.key.pem", static (security, value) => security with { Key = value });
        Text("ssl.key.location", static (security, value) => security with { KeyLocation = value });
        Text("ssl.key.password", static (security, value) => security with { KeyPassword = value });
        Text("ssl.enabled.protocols", static (security, value) => security with { EnabledProtocols = TlsVersions(value) });
        Text(NameCheck, static (security, value) => security with { VerifiesHostName = ChecksName(value) });
        return table;

        void Text(string name, Func<SecurityOptions, string, SecurityOptions> set) =>
            table.Text(name, (options, value) => change(options, security => set(security, value)));
    }

    // Kafka turns the check off with an empty value, librdkafka with a word.
    private static bool ChecksName(string value) => value switch
    {
        "" or "none" => false,
        _ when value.Equals("https", StringComparison.OrdinalIgnoreCase) => true,
        _ => throw new ClientConfigurationException(NameCheck, $"{NameCheck}={value} is not allowed: it must be https, or empty."),
    };

    private static SslProtocols TlsVersions(string names) =>
        names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Aggregate(
            SslProtocols.None,
            static (versions, name) => TlsVersionsByName.TryGetValue(name, out SslProtocols version)
                ? versions | version
                : throw new ClientConfigurationException(
                    "ssl.enabled.protocols",
                    $"ssl.enabled.protocols={name} is not allowed: it must be one of {string.Join(", ", TlsVersionsByName.Keys)}."));
}
