namespace PerfLog.Client.Security;

/// <summary>How connections to the brokers are protected (<c>security.protocol</c>).</summary>
public enum SecurityProtocol
{
    /// <summary>Not at all.</summary>
    Plaintext,

    /// <summary>By TLS; a client may prove with a certificate who it is.</summary>
    Ssl,

    /// <summary>Not encrypted; a client proves by SASL who it is.</summary>
    SaslPlaintext,

    /// <summary>By TLS, and a client proves by SASL who it is.</summary>
    SaslSsl,
}

/// <summary>How a file with certificates is written.</summary>
public enum StoreType
{
    /// <summary>Text with <c>-----BEGIN …</c> lines.</summary>
    Pem,

    /// <summary>The binary format of <c>.p12</c> and <c>.pfx</c> files.</summary>
    Pkcs12,
}
