using System.Text;

namespace PerfLog.Protocol.Authentication;

/// <summary>PLAIN (RFC 4616): one token with name and password, which an empty one answers.</summary>
internal sealed class PlainExchange(string username, string password) : ISaslExchange
{
    // Whom to act for, which is nobody else; the name; the password.
    public byte[] Begin() => Encoding.UTF8.GetBytes($"\0{username}\0{password}");

    public byte[]? Answer(ReadOnlySpan<byte> token) => null;
}
