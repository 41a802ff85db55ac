using System.Security.Cryptography;

namespace PerfLog.Protocol.Authentication;

/// <summary>How a client proves by SASL who it is.</summary>
public enum SaslMechanism
{
    /// <summary>It tells its password, which only TLS keeps secret.</summary>
    Plain,

    /// <summary>It proves that it knows its password, and so does the broker (RFC 5802, RFC 7677).</summary>
    ScramSha256,

    /// <summary>The same with a longer hash.</summary>
    ScramSha512,
}

/// <summary>The mechanisms' names in the protocol.</summary>
public static class SaslMechanisms
{
    /// <summary>The name that the protocol and Kafka's settings use.</summary>
    public static string Name(this SaslMechanism mechanism) => mechanism switch
    {
        SaslMechanism.Plain => "PLAIN",
        SaslMechanism.ScramSha256 => "SCRAM-SHA-256",
        _ => "SCRAM-SHA-512",
    };

    internal static HashAlgorithmName Hash(this SaslMechanism mechanism) =>
        mechanism == SaslMechanism.ScramSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;
}
