namespace PerfLog.Protocol.Connections;

/// <summary>
/// The broker and this client do not accept each other. Trying again does not help until a setting changes, and so this is no
/// <see cref="IOException"/>, after which a client tries again by itself.
/// </summary>
public abstract class BrokerAuthenticationException : Exception
{
    private protected BrokerAuthenticationException(string peer, string reason, Exception? inner)
        : base($"{peer}: {reason}", inner) => Peer = peer;

    /// <summary>Host and port of the broker.</summary>
    public string Peer { get; }
}

/// <summary>SASL: a wrong name or password, a mechanism that the broker does not offer, or a broker that cannot prove that it knows the password.</summary>
public sealed class SaslAuthenticationException(string peer, string reason, Exception? inner = null)
    : BrokerAuthenticationException(peer, reason, inner);

/// <summary>TLS: a certificate is not trusted, is for another name, or is missing, or nothing could be agreed on.</summary>
public sealed class SslAuthenticationException(string peer, string reason, Exception? inner = null)
    : BrokerAuthenticationException(peer, reason, inner);
