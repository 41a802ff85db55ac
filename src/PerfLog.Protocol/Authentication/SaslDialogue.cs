using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Protocol.Authentication;

/// <summary>
/// Proves to one broker who this client is: at a connection's beginning, and again before what was proved expires (KIP-368). Owned
/// by its connection, which sees to it that nothing else is sent meanwhile.
/// </summary>
internal sealed class SaslDialogue(SaslOptions options, BrokerConnection connection, TimeProvider time)
{
    // Tokens that are framed as requests; before this version they went bare.
    private const short HandshakeVersion = 1;

    // As soon as Kafka's clients at the earliest: what is under way must be answered before the time is over.
    private const double LifetimeShare = 0.85;

    // More than any mechanism has: a broker that always wants one more gets no further.
    private const int TokensMax = 10;

    private long _renewAt = long.MaxValue;

    /// <summary>Whether the proof has to be given again before anything else is sent.</summary>
    public bool IsDue => Volatile.Read(ref _renewAt) is var at && at != long.MaxValue && time.GetTimestamp() >= at;

    /// <exception cref="SaslAuthenticationException">The broker refuses, or does not prove itself.</exception>
    public async ValueTask RunAsync(CancellationToken cancellation)
    {
        await AgreeAsync(cancellation).ConfigureAwait(false);
        long started = time.GetTimestamp();
        long lifetimeMs = await ProveAsync(cancellation).ConfigureAwait(false);
        Volatile.Write(
            ref _renewAt,
            lifetimeMs <= 0 ? long.MaxValue : started + (long)(lifetimeMs * LifetimeShare * time.TimestampFrequency / 1000));
    }

    private async ValueTask AgreeAsync(CancellationToken cancellation)
    {
        if (!connection.BrokerVersions.Supports(ApiKey.SaslHandshake, HandshakeVersion)) throw Refused("it offers no SASL (security.protocol)");
        string wanted = options.Mechanism.Name();
        SaslHandshakeResponse response = await connection.AskInTurnAsync<SaslHandshakeRequest, SaslHandshakeResponse>(
            new SaslHandshakeRequest { Mechanism = wanted }, HandshakeVersion, cancellation).ConfigureAwait(false);
        switch (response.ErrorCode)
        {
            case ErrorCode.None:
                return;
            case ErrorCode.UnsupportedSaslMechanism:
                throw Refused($"it does not offer {wanted} (sasl.mechanism) but {string.Join(", ", response.Mechanisms)}");
            case ErrorCode.IllegalSaslState:
                throw Refused("it asks for no authentication on this port (security.protocol)");
            default:
                throw Refused($"it refused to begin {wanted}: {response.ErrorCode}");
        }
    }

    /// <returns>For how long the proof is good, in milliseconds; 0 for as long as the connection.</returns>
    private async ValueTask<long> ProveAsync(CancellationToken cancellation)
    {
        short version = connection.VersionOf<SaslAuthenticateRequest>();
        ISaslExchange exchange = options.Begin();
        byte[]? token = exchange.Begin();
        for (int sent = 0; sent < TokensMax; sent++)
        {
            SaslAuthenticateResponse response = await connection.AskInTurnAsync<SaslAuthenticateRequest, SaslAuthenticateResponse>(
                new SaslAuthenticateRequest { AuthBytes = token }, version, cancellation).ConfigureAwait(false);
            if (response.ErrorCode != ErrorCode.None)
                throw Refused($"{options.Mechanism.Name()} as {options.Username}: {response.ErrorMessage ?? response.ErrorCode.ToString()}");
            token = Answer(exchange, response.AuthBytes);
            if (token is null) return response.SessionLifetimeMs;
        }

        throw Refused($"it is not satisfied after {TokensMax} tokens of {options.Mechanism.Name()}");
    }

    private byte[]? Answer(ISaslExchange exchange, ReadOnlySpan<byte> token)
    {
        try
        {
            return exchange.Answer(token);
        }
        catch (FormatException fault)
        {
            throw Refused($"{options.Mechanism.Name()} as {options.Username}: {fault.Message}", fault);
        }
    }

    private SaslAuthenticationException Refused(string reason, Exception? inner = null) => new(connection.Peer, reason, inner);
}
