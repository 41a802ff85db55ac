namespace PerfLog.Benchmarks.Clients;

/// <summary>
/// Holds a sender back while too much is not told of yet, because a client that throws an exception when its memory is full
/// would be measured at the cost of exceptions. One thread adds, another tells.
/// </summary>
internal sealed class OutstandingBytes(long bytesMax)
{
    private readonly ManualResetEventSlim _room = new(true);
    private long _added;
    private long _told;
    private int _failed;

    public void Add(int bytes)
    {
        _added += bytes;
        while (_added - Volatile.Read(ref _told) > bytesMax)
        {
            _room.Reset();
            if (_added - Volatile.Read(ref _told) > bytesMax) _room.Wait();
        }
    }

    public void Told(int bytes, bool failed)
    {
        if (failed) _failed++;
        Volatile.Write(ref _told, _told + bytes);
        // Half of it, so that the sender does not wake up for every record.
        if (!_room.IsSet && Volatile.Read(ref _added) - _told < bytesMax / 2) _room.Set();
    }

    public void RequireNoFailure()
    {
        if (Volatile.Read(ref _failed) > 0) throw new InvalidDataException($"{_failed} records were not written.");
    }
}
