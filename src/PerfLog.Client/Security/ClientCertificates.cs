using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PerfLog.Protocol.Connections.Transports;

namespace PerfLog.Client.Security;

/// <summary>Reads the certificates and keys that a client's options name. Each failure names the option and the file.</summary>
internal static class ClientCertificates
{
    private const uint JksMagic = 0xFEEDFEED;

    /// <exception cref="ClientConfigurationException">A file is missing, cannot be read, or is not what it should be.</exception>
    public static TlsOptions Read(SecurityOptions options) => new()
    {
        TrustedAuthorities = Trusted(options),
        Certificate = Own(options),
        VerifiesHostName = options.VerifiesHostName,
        Protocols = options.EnabledProtocols,
    };

    private static X509Certificate2Collection? Trusted(SecurityOptions options)
    {
        if (options.TrustedCertificates is { } text)
        {
            Limits.Require(options.TrustStoreLocation is null, "ssl.truststore.location", options.TrustStoreLocation ?? "", "left out where ssl.truststore.certificates is given");
            return Certificates("ssl.truststore.certificates", "its text", text);
        }

        if (options.TrustStoreLocation is not { } location) return null;
        const string Option = "ssl.truststore.location";
        byte[] bytes = Bytes(Option, location);
        if (IsPem(Option, location, bytes, options.TrustStoreType)) return Certificates(Option, location, Encoding.UTF8.GetString(bytes));
        X509Certificate2Collection store = Store(Option, location, bytes, options.TrustStorePassword, "ssl.truststore.password");
        return store.Count > 0 ? store : throw Wrong(Option, location, "it holds no certificate");
    }

    private static SslStreamCertificateContext? Own(SecurityOptions options)
    {
        string? chain = options.CertificateChain ?? Text("ssl.certificate.location", options.CertificateLocation);
        string? key = options.Key ?? Text("ssl.key.location", options.KeyLocation);
        if (options.KeyStoreLocation is not { } location)
        {
            if (chain is null && key is null) return null;
            Limits.Require(chain is not null, "ssl.keystore.key", "…", "used with ssl.keystore.certificate.chain");
            Limits.Require(key is not null, "ssl.keystore.certificate.chain", "…", "used with ssl.keystore.key");
            return FromPem("ssl.keystore.certificate.chain", "its text", chain!, key!, options.KeyPassword);
        }

        const string Option = "ssl.keystore.location";
        Limits.Require(chain is null && key is null, Option, location, "left out where certificate and key are given by themselves");
        byte[] bytes = Bytes(Option, location);
        if (IsPem(Option, location, bytes, options.KeyStoreType))
        {
            string pem = Encoding.UTF8.GetString(bytes);
            return FromPem(Option, location, pem, pem, options.KeyPassword ?? options.KeyStorePassword);
        }

        X509Certificate2Collection store = Store(Option, location, bytes, options.KeyStorePassword, "ssl.keystore.password");
        X509Certificate2 own = store.FirstOrDefault(static certificate => certificate.HasPrivateKey)
            ?? throw Wrong(Option, location, "it holds no certificate with its key");
        return SslStreamCertificateContext.Create(own, [.. store.Where(certificate => certificate != own)], offline: true);
    }

    private static SslStreamCertificateContext FromPem(string option, string source, string chain, string key, string? password)
    {
        X509Certificate2Collection certificates = Certificates(option, source, chain);
        try
        {
            X509Certificate2 own = password is null
                ? X509Certificate2.CreateFromPem(chain, key)
                : X509Certificate2.CreateFromEncryptedPem(chain, key, password);
            return SslStreamCertificateContext.Create(Usable(own), [.. certificates.Skip(1)], offline: true);
        }
        catch (CryptographicException fault)
        {
            throw Wrong(option, source, $"its certificate and key cannot be used: {fault.Message} (ssl.key.password)");
        }
    }

    // Windows' TLS cannot use a key that is nowhere but in memory.
    private static X509Certificate2 Usable(X509Certificate2 certificate) => OperatingSystem.IsWindows()
        ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null)
        : certificate;

    private static X509Certificate2Collection Certificates(string option, string source, string pem)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException fault)
        {
            throw Wrong(option, source, $"its certificates cannot be read: {fault.Message}");
        }

        return certificates.Count > 0 ? certificates : throw Wrong(option, source, "it holds no certificate (-----BEGIN CERTIFICATE-----)");
    }

    private static X509Certificate2Collection Store(string option, string location, byte[] bytes, string? password, string passwordOption)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12Collection(bytes, password);
        }
        catch (CryptographicException fault)
        {
            throw Wrong(option, location, $"it cannot be read as PKCS12: {fault.Message} ({passwordOption})");
        }
    }

    private static bool IsPem(string option, string location, ReadOnlySpan<byte> bytes, StoreType? said)
    {
        if (said is { } type) return type == StoreType.Pem;
        if (bytes.Length >= sizeof(uint) && System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) == JksMagic)
        {
            throw Wrong(option, location, "it is a JKS file; `keytool -importkeystore -deststoretype PKCS12` makes it one that can be read");
        }

        return bytes.IndexOf("-----BEGIN "u8) >= 0;
    }

    private static string? Text(string option, string? location) => location is null ? null : Encoding.UTF8.GetString(Bytes(option, location));

    private static byte[] Bytes(string option, string location)
    {
        try
        {
            return File.ReadAllBytes(location);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong(option, location, fault.Message.TrimEnd('.'));
        }
    }

    private static ClientConfigurationException Wrong(string option, string source, string why) => new(option, $"{option}={source}: {why}.");
}
