using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PerfLog.Testing.Security;

/// <summary>An authority that a test makes up, and that signs certificates of brokers and clients. Any thread may use it.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name = "Test Authority")
    {
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(30));
    }

    /// <summary>Its certificate as a client's trust store has it.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    public X509Certificate2 Certificate => _certificate;

    /// <summary>A certificate with its key.</summary>
    /// <param name="name">Whom it is for.</param>
    /// <param name="hosts">The names and addresses at which it may be met.</param>
    public X509Certificate2 Sign(string name, params string[] hosts) =>
        Sign(name, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7), hosts);

    public X509Certificate2 Sign(string name, DateTimeOffset from, DateTimeOffset to, params string[] hosts)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string host in hosts)
        {
            if (IPAddress.TryParse(host, out IPAddress? address)) names.AddIpAddress(address);
            else names.AddDnsName(host);
        }

        if (hosts.Length > 0) request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(_certificate, from, to, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
