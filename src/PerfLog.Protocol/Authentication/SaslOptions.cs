namespace PerfLog.Protocol.Authentication;

/// <summary>Who a client says it is, and how it proves it.</summary>
public sealed class SaslOptions
{
    public required SaslMechanism Mechanism { get; init; }

    public required string Username { get; init; }

    public required string Password { get; init; }

    internal ISaslExchange Begin() =>
        Mechanism == SaslMechanism.Plain
            ? new PlainExchange(Username, Password)
            : new ScramExchange(Mechanism.Hash(), Username, Password, Scram.NewNonce());
}
