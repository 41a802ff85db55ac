using System.Security.Cryptography.X509Certificates;

namespace PerfLog.Testing.Security;

/// <summary>What a <see cref="SecureFront"/> demands of clients.</summary>
public sealed record SecureFrontOptions
{
    /// <summary>The certificate that it shows; null for a port without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whose signature a client's certificate must have; null when none is asked for.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>The SASL mechanisms that it offers; none for a port without SASL.</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = [];

    public string Username { get; init; } = "alice";

    public string Password { get; init; } = "alice's secret, \"quoted\"";

    /// <summary>For how long a proof is good; zero for as long as the connection.</summary>
    public TimeSpan SessionLifetime { get; init; }

    /// <summary>Whether it signs as one who does not know the password; a client must notice.</summary>
    public bool SignsWrongly { get; init; }

    /// <summary>The clock of the sessions.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
