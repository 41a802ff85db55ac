using System.Security.Cryptography;
using System.Text;

namespace PerfLog.Protocol.Authentication;

/// <summary>
/// The arithmetic of SCRAM (RFC 5802, section 3), which client and broker share. All methods but one are pure. Passwords are taken as UTF-8 as they
/// are, without the normalisation of the RFC, as Kafka takes them.
/// </summary>
internal static class Scram
{
    // The RFC's least; Kafka's clients accept no fewer either.
    public const int IterationsMin = 4096;

    // A broker may not keep this client busy for longer than about a second.
    public const int IterationsMax = 1_000_000;

    private const int NonceBytes = 24;

    public static byte[] SaltedPassword(HashAlgorithmName hash, string password, ReadOnlySpan<byte> salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, hash, HashBytes(hash));

    /// <summary>What shows the broker that the client knows the password, without telling it.</summary>
    public static byte[] ClientProof(HashAlgorithmName hash, byte[] saltedPassword, string messages)
    {
        byte[] proof = Hmac(hash, saltedPassword, "Client Key");
        byte[] storedKey = CryptographicOperations.HashData(hash, proof);
        byte[] signature = Hmac(hash, storedKey, messages);
        for (int index = 0; index < proof.Length; index++) proof[index] ^= signature[index];
        return proof;
    }

    /// <summary>What shows the client that the broker knows the password's hash.</summary>
    public static byte[] ServerSignature(HashAlgorithmName hash, byte[] saltedPassword, string messages) =>
        Hmac(hash, Hmac(hash, saltedPassword, "Server Key"), messages);

    /// <summary>A text that nobody else has used; Base64 has no comma in it.</summary>
    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));

    private static byte[] Hmac(HashAlgorithmName hash, byte[] key, string text) =>
        CryptographicOperations.HmacData(hash, key, Encoding.UTF8.GetBytes(text));

    private static int HashBytes(HashAlgorithmName hash) => CryptographicOperations.HashData(hash, []).Length;
}
