namespace PerfLog.Client.Consuming;

/// <summary>
/// Pooled bytes with several users, each of whom releases them once: fetched answers, and records that were decompressed.
/// Made with one user. Any thread may add and release.
/// </summary>
internal sealed class SharedBytes : IDisposable
{
    private readonly IDisposable _owner;
    private int _users = 1;

    /// <param name="memory">The bytes.</param>
    /// <param name="owned">Gives them back.</param>
    public SharedBytes(ReadOnlyMemory<byte> memory, IDisposable owned) => (Memory, _owner) = (memory, owned);

    public ReadOnlyMemory<byte> Memory { get; }

    public SharedBytes AddUser()
    {
        if (Interlocked.Increment(ref _users) == 1) throw new ObjectDisposedException(nameof(SharedBytes));
        return this;
    }

    /// <summary>One user less.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0) _owner.Dispose();
    }
}
