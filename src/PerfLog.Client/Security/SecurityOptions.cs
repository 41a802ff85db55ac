using System.Security.Authentication;
using System.Text;
using PerfLog.Protocol.Authentication;
using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Security;

/// <summary>
/// How a client protects its connections, and how it and the brokers prove who they are. The names in brackets are Kafka's, or
/// librdkafka's where they differ.
/// </summary>
public sealed record SecurityOptions
{
    private const string NeedsSasl = "used with security.protocol=SASL_PLAINTEXT or SASL_SSL";
    private const string NeedsTls = "used with security.protocol=SSL or SASL_SSL";

    /// <summary>Nothing is protected.</summary>
    public static readonly SecurityOptions Plaintext = new();

    /// <summary>TLS and SASL, or not (<c>security.protocol</c>).</summary>
    public SecurityProtocol Protocol { get; init; }

    /// <summary>How the client proves who it is (<c>sasl.mechanism</c>).</summary>
    public SaslMechanism? Mechanism { get; init; }

    /// <summary>Who the client is (<c>sasl.username</c>, or in <c>sasl.jaas.config</c>).</summary>
    public string? Username { get; init; }

    /// <summary>Its password (<c>sasl.password</c>, or in <c>sasl.jaas.config</c>).</summary>
    public string? Password { get; init; }

    /// <summary>A file with the certificates of the authorities that are trusted (<c>ssl.truststore.location</c>, <c>ssl.ca.location</c>);
    /// without it those of the system.</summary>
    public string? TrustStoreLocation { get; init; }

    /// <summary>How that file is written (<c>ssl.truststore.type</c>); null to find out.</summary>
    public StoreType? TrustStoreType { get; init; }

    /// <summary>Its password (<c>ssl.truststore.password</c>).</summary>
    public string? TrustStorePassword { get; init; }

    /// <summary>The trusted certificates themselves, as PEM text (<c>ssl.truststore.certificates</c>, <c>ssl.ca.pem</c>).</summary>
    public string? TrustedCertificates { get; init; }

    /// <summary>A file with the client's own certificate, those above it, and its key (<c>ssl.keystore.location</c>).</summary>
    public string? KeyStoreLocation { get; init; }

    /// <summary>How that file is written (<c>ssl.keystore.type</c>); null to find out.</summary>
    public StoreType? KeyStoreType { get; init; }

    /// <summary>Its password, where it is PKCS12 (<c>ssl.keystore.password</c>).</summary>
    public string? KeyStorePassword { get; init; }

    /// <summary>The client's certificate and those above it, as PEM text (<c>ssl.keystore.certificate.chain</c>, <c>ssl.certificate.pem</c>).</summary>
    public string? CertificateChain { get; init; }

    /// <summary>The certificate's key, as PEM text (<c>ssl.keystore.key</c>, <c>ssl.key.pem</c>).</summary>
    public string? Key { get; init; }

    /// <summary>The same as <see cref="CertificateChain"/> in a file (<c>ssl.certificate.location</c>).</summary>
    public string? CertificateLocation { get; init; }

    /// <summary>The same as <see cref="Key"/> in a file (<c>ssl.key.location</c>).</summary>
    public string? KeyLocation { get; init; }

    /// <summary>The key's password, where it is encrypted PEM (<c>ssl.key.password</c>).</summary>
    public string? KeyPassword { get; init; }

    /// <summary>Whether a broker's certificate must be for the name by which it is connected to
    /// (<c>ssl.endpoint.identification.algorithm</c>: <c>https</c>, or empty).</summary>
    public bool VerifiesHostName { get; init; } = true;

    /// <summary>The versions of TLS that are spoken (<c>ssl.enabled.protocols</c>); none for the system's choice.</summary>
    public SslProtocols EnabledProtocols { get; init; } = SslProtocols.None;

    /// <summary>What <c>sasl.jaas.config</c> said.</summary>
    internal JaasLogin? Login { get; init; }

    private bool HasTls => Protocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;

    private bool HasSasl => Protocol is SecurityProtocol.SaslPlaintext or SecurityProtocol.SaslSsl;

    /// <summary>The same connections, protected. Reads the files that are named.</summary>
    /// <exception cref="ClientConfigurationException">A setting contradicts another, or a file is not what it should be.</exception>
    internal BrokerConnectionOptions Protect(BrokerConnectionOptions connection)
    {
        if (!HasSasl) RequireNoSasl();
        if (!HasTls) RequireNoTls();
        return connection with { Sasl = HasSasl ? Sasl() : null, Tls = HasTls ? ClientCertificates.Read(this) : null };
    }

    /// <inheritdoc cref="Protect"/>
    internal void Validate() => Protect(new BrokerConnectionOptions());

    // Passwords and keys stay out of logs.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"{nameof(Protocol)} = {Protocol}, {nameof(Mechanism)} = {Mechanism}, {nameof(Username)} = {Username ?? Login?.Username}");
        return true;
    }

    private SaslOptions Sasl()
    {
        if (Mechanism is not { } mechanism) throw Missing("sasl.mechanism", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
        Limits.Require(
            Login is null || (Username is null && Password is null), "sasl.username", Username ?? "", "left out where sasl.jaas.config is given");
        Limits.Require(
            Login is null || Login.IsPlain == (mechanism == SaslMechanism.Plain),
            "sasl.mechanism",
            mechanism.Name(),
            $"one of the login module that sasl.jaas.config names, {Login?.Module}");
        string username = Login?.Username ?? Username ?? "";
        if (username.Length == 0) throw Missing("sasl.jaas.config", "MODULE required username=\"…\" password=\"…\"; or set sasl.username and sasl.password");
        string password = Login?.Password ?? Password ?? "";
        if (password.Length == 0) throw Missing("sasl.password", "the password of sasl.username");
        return new SaslOptions { Mechanism = mechanism, Username = username, Password = password };
    }

    private void RequireNoSasl()
    {
        Limits.Require(Mechanism is null, "sasl.mechanism", Mechanism?.Name() ?? "", NeedsSasl);
        Limits.Require(Login is null, "sasl.jaas.config", "…", NeedsSasl);
        Limits.Require(Username is null, "sasl.username", Username ?? "", NeedsSasl);
        Limits.Require(Password is null, "sasl.password", "…", NeedsSasl);
    }

    private void RequireNoTls()
    {
        Limits.Require(TrustStoreLocation is null, "ssl.truststore.location", TrustStoreLocation ?? "", NeedsTls);
        Limits.Require(TrustedCertificates is null, "ssl.truststore.certificates", "…", NeedsTls);
        Limits.Require(KeyStoreLocation is null, "ssl.keystore.location", KeyStoreLocation ?? "", NeedsTls);
        Limits.Require(CertificateChain is null, "ssl.keystore.certificate.chain", "…", NeedsTls);
        Limits.Require(CertificateLocation is null, "ssl.certificate.location", CertificateLocation ?? "", NeedsTls);
        Limits.Require(Key is null, "ssl.keystore.key", "…", NeedsTls);
        Limits.Require(KeyLocation is null, "ssl.key.location", KeyLocation ?? "", NeedsTls);
    }

    private ClientConfigurationException Missing(string option, string wanted)
    {
        string protocol = HasTls ? "SASL_SSL" : "SASL_PLAINTEXT";
        return new ClientConfigurationException(option, $"security.protocol={protocol} needs {option}: {wanted}.");
    }
}
