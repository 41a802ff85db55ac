using System.Security.Cryptography;
using System.Text;

namespace PerfLog.Testing.Security;

/// <summary>
/// The broker's side of one PLAIN or SCRAM dialogue, written from the RFCs and not from the client: it knows the stored keys, and finds the
/// client's key from its proof.
/// </summary>
internal sealed class SaslServer(string mechanism, SecureFrontOptions options)
{
    private const int Iterations = 4096;

    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    private string _clientFirst = "";
    private string _serverFirst = "";

    private bool Is512 => mechanism == "SCRAM-SHA-512";

    /// <returns>The answer; null when the client is refused.</returns>
    public byte[]? Take(byte[] token, out bool done)
    {
        done = mechanism == "PLAIN" || _serverFirst.Length > 0;
        string text = Encoding.UTF8.GetString(token);
        if (mechanism == "PLAIN") return text == $"\0{options.Username}\0{options.Password}" ? [] : null;
        return done ? Judge(text) : Challenge(text);
    }

    private byte[]? Challenge(string text)
    {
        if (!text.StartsWith($"n,,n={options.Username},r=", StringComparison.Ordinal)) return null;
        _clientFirst = text[3..];
        string nonce = _clientFirst[(_clientFirst.IndexOf(",r=", StringComparison.Ordinal) + 3)..];
        _serverFirst = $"r={nonce}{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))},s={Convert.ToBase64String(_salt)},i={Iterations}";
        return Encoding.UTF8.GetBytes(_serverFirst);
    }

    private byte[]? Judge(string text)
    {
        int proofAt = text.LastIndexOf(",p=", StringComparison.Ordinal);
        string nonce = _serverFirst[2.._serverFirst.IndexOf(',', StringComparison.Ordinal)];
        if (proofAt < 0 || text[..proofAt] != $"c=biws,r={nonce}") return null;
        string messages = $"{_clientFirst},{_serverFirst},{text[..proofAt]}";
        HashAlgorithmName name = Is512 ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(options.Password, _salt, Iterations, name, Is512 ? 64 : 32);
        byte[] storedKey = Hash(Hmac(salted, "Client Key"));
        byte[] clientKey = Convert.FromBase64String(text[(proofAt + 3)..]);
        byte[] signature = Hmac(storedKey, messages);
        for (int index = 0; index < clientKey.Length; index++) clientKey[index] ^= signature[index];
        if (!Hash(clientKey).AsSpan().SequenceEqual(storedKey)) return null;
        byte[] serverKey = Hmac(salted, options.SignsWrongly ? "Some Key" : "Server Key");
        return Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(Hmac(serverKey, messages))}");
    }

    private byte[] Hmac(byte[] key, string text) => Is512
        ? HMACSHA512.HashData(key, Encoding.UTF8.GetBytes(text))
        : HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private byte[] Hash(byte[] bytes) => Is512 ? SHA512.HashData(bytes) : SHA256.HashData(bytes);
}
