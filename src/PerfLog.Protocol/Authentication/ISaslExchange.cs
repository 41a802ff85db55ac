namespace PerfLog.Protocol.Authentication;

/// <summary>One proof of a client to a broker, token by token. Made for it, and used once.</summary>
internal interface ISaslExchange
{
    /// <summary>The client's first token.</summary>
    byte[] Begin();

    /// <summary>Answers a token of the broker.</summary>
    /// <returns>The client's next token; null when both sides are satisfied.</returns>
    /// <exception cref="FormatException">The broker's token is not what it must be; the message says why.</exception>
    byte[]? Answer(ReadOnlySpan<byte> token);
}
