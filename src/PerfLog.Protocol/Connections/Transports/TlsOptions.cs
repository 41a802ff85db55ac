using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace PerfLog.Protocol.Connections.Transports;

/// <summary>How connections are encrypted, how a broker proves who it is, and how this client does. Shared by all connections of a client.</summary>
public sealed class TlsOptions
{
    /// <summary>The authorities whose signature is trusted; null for those that the system trusts.</summary>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>This client's certificate with those up to its authority; null for none.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }

    /// <summary>Whether a broker's certificate must be for the name by which it was connected to.</summary>
    public bool VerifiesHostName { get; init; } = true;

    /// <summary>The versions that are spoken; none for the system's choice.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;

    internal SslClientAuthenticationOptions ForHost(string host, Func<X509Certificate2?, X509Chain?, SslPolicyErrors, bool> check)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = Protocols,
            ClientCertificateContext = Certificate,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => check(
                certificate as X509Certificate2,
                chain,
                VerifiesHostName ? errors : errors & ~SslPolicyErrors.RemoteCertificateNameMismatch),
        };
        if (TrustedAuthorities is null) return options;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(TrustedAuthorities);
        return options;
    }
}
