using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PerfLog.Protocol.Authentication;

/// <summary>
/// The client's side of SCRAM (RFC 5802) without channel binding:
/// <code>
/// client  n,,n=NAME,r=NONCE
/// broker  r=NONCE+MORE,s=SALT,i=ITERATIONS
/// client  c=biws,r=NONCE+MORE,p=PROOF
/// broker  v=SIGNATURE   or   e=ERROR
/// </code>
/// The broker's signature is compared: one that does not know the password's hash is refused.
/// </summary>
internal sealed class ScramExchange(HashAlgorithmName hash, string username, string password, string nonce) : ISaslExchange
{
    // Base64 of "n,,", the head that says that nothing is bound to a channel.
    private const string NoChannel = "c=biws";

    private readonly string _first = $"n={username.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={nonce}";
    private byte[]? _expected;

    public byte[] Begin() => Encoding.UTF8.GetBytes($"n,,{_first}");

    public byte[]? Answer(ReadOnlySpan<byte> token)
    {
        string text = Encoding.UTF8.GetString(token);
        if (text.StartsWith("e=", StringComparison.Ordinal)) throw new FormatException($"the broker refused: {text[2..]}");
        if (_expected is null) return Prove(text);
        Verify(text, _expected);
        return null;
    }

    private byte[] Prove(string challenge)
    {
        // Attributes may follow that this side need not know.
        string[] parts = challenge.Split(',');
        string both = Attribute(parts, 0, 'r');
        byte[] salt = Base64(Attribute(parts, 1, 's'));
        int iterations = Iterations(Attribute(parts, 2, 'i'));
        if (both.Length <= nonce.Length || !both.StartsWith(nonce, StringComparison.Ordinal))
            throw new FormatException("the broker's nonce does not continue this client's");
        string final = $"{NoChannel},r={both}";
        string messages = $"{_first},{challenge},{final}";
        byte[] salted = Scram.SaltedPassword(hash, password, salt, iterations);
        _expected = Scram.ServerSignature(hash, salted, messages);
        return Encoding.UTF8.GetBytes($"{final},p={Convert.ToBase64String(Scram.ClientProof(hash, salted, messages))}");
    }

    private static void Verify(string outcome, byte[] expected)
    {
        byte[] signature = Base64(Attribute(outcome.Split(','), 0, 'v'));
        if (!CryptographicOperations.FixedTimeEquals(signature, expected))
            throw new FormatException("the broker's signature is wrong: it does not know the password");
    }

    private static string Attribute(string[] parts, int index, char name) =>
        index < parts.Length && parts[index].StartsWith($"{name}=", StringComparison.Ordinal)
            ? parts[index][2..]
            : throw new FormatException($"the broker's token lacks '{name}=' in its place");

    private static byte[] Base64(string text)
    {
        byte[] bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out int length) || length == 0)
            throw new FormatException("a part of the broker's token is no Base64");
        return bytes[..length];
    }

    private static int Iterations(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int iterations)
            && iterations is >= Scram.IterationsMin and <= Scram.IterationsMax) return iterations;
        throw new FormatException($"the broker asks for {text} iterations; {Scram.IterationsMin} to {Scram.IterationsMax} are accepted");
    }
}
