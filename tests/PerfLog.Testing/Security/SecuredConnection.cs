using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Testing.Security;

/// <summary>
/// One client of a <see cref="SecureFront"/>. One loop takes requests, another brings the broker's answers. Answers to SASL stay in the order of
/// the requests: the front waits until the broker has answered all before.
/// </summary>
internal sealed class SecuredConnection(Socket near, SecureFront front) : IDisposable
{
    private readonly Socket _far = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentQueue<(ApiKey Key, short Version)> _forwarded = [];
    private readonly SemaphoreSlim _answered = new(0);
    private int _unanswered;
    private SaslServer? _dialogue;
    private bool _isProved = front.Options.Mechanisms.Count == 0;
    private long _provedAt;

    // As they are at the moment: a test may change them.
    private SecureFrontOptions Options => front.Options;

    public async Task RunAsync()
    {
        try
        {
            near.NoDelay = true;
            await using Stream client = await OpenAsync();
            await _far.ConnectAsync(front.Broker!);
            await using NetworkStream broker = new(_far);
            await Task.WhenAny(ForwardAsync(client, broker), BringAsync(broker, client));
        }
        catch (Exception gone) when (gone is IOException or SocketException or AuthenticationException or ObjectDisposedException)
        {
            // One of the two sides has closed, or did not want to talk.
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        near.Dispose();
        _far.Dispose();
    }

    private async Task<Stream> OpenAsync()
    {
        NetworkStream plain = new(near);
        if (Options.Certificate is null) return plain;
        SslStream secured = new(plain);
        await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = Options.Certificate,
            ClientCertificateRequired = Options.ClientAuthority is not null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                Options.ClientAuthority is null || certificate?.Issuer == Options.ClientAuthority.Subject,
        });
        return secured;
    }

    private async Task ForwardAsync(Stream client, Stream broker)
    {
        while (await ReadAsync(client) is { } frame)
        {
            RequestFrameHeader.TryRead(frame, out RequestFrameHeader header);
            (ApiKey key, short version, int correlation, int body) = (header.Key, header.Version, header.CorrelationId, header.BodyStart);
            if (Options.Mechanisms.Count > 0)
            {
                if (key is ApiKey.SaslHandshake or ApiKey.SaslAuthenticate)
                {
                    if (await AnswerAsync(client, frame.AsMemory(body), key, version, correlation)) continue;
                    return;
                }

                // As Kafka does: nothing but the question for versions before the proof, nothing at all during it or after its time.
                if (_dialogue is not null || IsExpired() || (!_isProved && key != ApiKey.ApiVersions)) return;
            }

            Interlocked.Increment(ref _unanswered);
            _forwarded.Enqueue((key, version));
            await WriteAsync(broker, frame);
        }
    }

    private bool IsExpired() => _isProved && Options.SessionLifetime > TimeSpan.Zero
        && Options.Time.GetElapsedTime(_provedAt) >= Options.SessionLifetime;

    /// <returns>False to close the connection.</returns>
    private async Task<bool> AnswerAsync(Stream client, ReadOnlyMemory<byte> body, ApiKey key, short version, int correlation)
    {
        while (Volatile.Read(ref _unanswered) > 0) await _answered.WaitAsync();
        if (key == ApiKey.SaslHandshake)
        {
            string mechanism = Read<SaslHandshakeRequest>(body.Span, version).Mechanism;
            bool isOffered = Options.Mechanisms.Contains(mechanism);
            if (isOffered) _dialogue = new SaslServer(mechanism, Options);
            ErrorCode error = isOffered ? ErrorCode.None : ErrorCode.UnsupportedSaslMechanism;
            await SendAsync(client, new SaslHandshakeResponse { ErrorCode = error, Mechanisms = [.. Options.Mechanisms] }, version, correlation);
            return isOffered;
        }

        if (_dialogue is null) return false;
        byte[]? token = _dialogue.Take(Read<SaslAuthenticateRequest>(body.Span, version).AuthBytes, out bool done);
        if (token is null)
        {
            SaslAuthenticateResponse refusal = new()
            {
                ErrorCode = ErrorCode.SaslAuthenticationFailed, ErrorMessage = "Authentication failed: Invalid username or password",
            };
            await SendAsync(client, refusal, version, correlation);
            return false;
        }

        if (done)
        {
            (_dialogue, _isProved, _provedAt) = (null, true, Options.Time.GetTimestamp());
            front.Proved();
        }

        await SendAsync(
            client,
            new SaslAuthenticateResponse { AuthBytes = token, SessionLifetimeMs = (long)Options.SessionLifetime.TotalMilliseconds },
            version,
            correlation);
        return true;
    }

    private async Task BringAsync(Stream broker, Stream client)
    {
        while (await ReadAsync(broker) is { } frame)
        {
            _forwarded.TryDequeue(out (ApiKey Key, short Version) asked);
            if (asked.Key == ApiKey.ApiVersions && Options.Mechanisms.Count > 0) frame = WithSasl(frame, asked.Version);
            await WriteToClientAsync(client, frame);
            Interlocked.Decrement(ref _unanswered);
            _answered.Release();
        }
    }

    // The broker behind does not offer what the front does.
    private static byte[] WithSasl(byte[] frame, short version)
    {
        WireReader reader = new(frame);
        int correlation = ResponseFrame.ReadHeader(ref reader, ApiKey.ApiVersions, version);
        ApiVersionsResponse response = ApiVersionsResponse.Read(ref reader, version);
        response.ApiKeys.Add(new() { ApiKey = (short)ApiKey.SaslHandshake, MinVersion = 0, MaxVersion = 1 });
        response.ApiKeys.Add(new() { ApiKey = (short)ApiKey.SaslAuthenticate, MinVersion = 0, MaxVersion = 2 });
        return Frame(response, version, correlation)[sizeof(int)..];
    }

    private Task SendAsync<T>(Stream client, T response, short version, int correlation)
        where T : IResponseMessage => WriteToClientAsync(client, Frame(response, version, correlation)[sizeof(int)..]);

    private static byte[] Frame<T>(T response, short version, int correlation)
        where T : IResponseMessage
    {
        byte[] frame = new byte[ResponseFrame.Size(response, version)];
        WireWriter writer = new(frame);
        ResponseFrame.Write(ref writer, response, version, correlation, frame.Length);
        return frame;
    }

    private static T Read<T>(ReadOnlySpan<byte> body, short version)
        where T : IReadable<T>
    {
        WireReader reader = new(body);
        return T.Read(ref reader, version);
    }

    // Both loops write to the client.
    private async Task WriteToClientAsync(Stream client, byte[] frame)
    {
        await _writing.WaitAsync();
        try
        {
            await WriteAsync(client, frame);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static async Task WriteAsync(Stream to, byte[] frame)
    {
        byte[] whole = new byte[sizeof(int) + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(whole, frame.Length);
        frame.CopyTo(whole.AsSpan(sizeof(int)));
        await to.WriteAsync(whole);
    }

    private static async Task<byte[]?> ReadAsync(Stream from)
    {
        byte[] length = new byte[sizeof(int)];
        if (await from.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false) < length.Length) return null;
        int bytes = BinaryPrimitives.ReadInt32BigEndian(length);
        // What speaks another protocol is closed, as by any broker.
        if (bytes is < 8 or > 100 * 1024 * 1024) return null;
        byte[] frame = new byte[bytes];
        await from.ReadExactlyAsync(frame);
        return frame;
    }
}
