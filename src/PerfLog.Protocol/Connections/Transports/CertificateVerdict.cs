using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace PerfLog.Protocol.Connections.Transports;

/// <summary>What one handshake found wrong with the broker's certificate, in words that name the remedy.</summary>
internal sealed class CertificateVerdict(string host)
{
    /// <summary>What is wrong; null when nothing is, or no certificate came.</summary>
    public string? Complaint { get; private set; }

    public bool Check(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        Complaint = certificate is null
            ? "it showed no certificate"
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? Distrust(certificate, chain) : OtherName(certificate);
        return false;
    }

    private static string Distrust(X509Certificate2 certificate, X509Chain? chain)
    {
        X509ChainStatusFlags[] found = [.. (chain?.ChainStatus ?? []).Select(static status => status.Status)];
        if (found.Contains(X509ChainStatusFlags.NotTimeValid))
        {
            string from = certificate.NotBefore.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
            string to = certificate.NotAfter.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
            return $"a certificate of its chain is not valid now; its own ({certificate.Subject}) is valid from {from} to {to}";
        }

        return $"its certificate ({certificate.Subject}, signed by {certificate.Issuer}) is not trusted ({string.Join(", ", found)}): "
            + "name the certificate of the authority that signed it with ssl.truststore.location";
    }

    private string OtherName(X509Certificate2 certificate)
    {
        string[] names = [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static extension =>
            extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(static address => address.ToString())))];
        string owner = names.Length == 0 ? certificate.Subject : string.Join(", ", names);
        return $"its certificate is for {owner}, not for {host}: connect by such a name, or leave the name unchecked with an empty "
            + "ssl.endpoint.identification.algorithm";
    }
}
