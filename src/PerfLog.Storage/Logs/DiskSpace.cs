using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>
/// Whether the disk under a log directory has room for appends. They end while there still is a reserve, because a write
/// that the disk has no room for takes the whole directory offline; reading, deleting and compaction go on. Housekeeping
/// looks at the disk, any thread asks.
/// </summary>
internal sealed partial class DiskSpace(IStorageDevice device, string path, long reserveBytes, ILogger logger)
{
    private long _freeBytes = long.MaxValue;
    private bool _isFull;

    /// <summary>Whether appends are refused until there is room again.</summary>
    public bool IsFull => Volatile.Read(ref _isFull);

    /// <summary>Looks at the disk anew.</summary>
    public void Check()
    {
        if (reserveBytes <= 0) return;
        long before = _freeBytes;
        _freeBytes = device.FreeSpace(path);

        // At the present pace the reserve must last until the next look.
        long taken = before == long.MaxValue ? 0 : Math.Max(before - _freeBytes, 0);
        bool isFull = _freeBytes - taken < reserveBytes;
        if (isFull == IsFull) return;
        Volatile.Write(ref _isFull, isFull);
        if (isFull) LogFull(logger, path, _freeBytes, reserveBytes);
        else LogRoom(logger, path, _freeBytes);
    }

    public void ThrowIfFull()
    {
        if (IsFull) throw new DiskFullException(path, _freeBytes, reserveBytes);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Directory}: the disk has {Free} bytes left, and {Reserve} are kept in reserve; appends are "
        + "refused until there is room again")]
    private static partial void LogFull(ILogger logger, string directory, long free, long reserve);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Directory}: the disk has {Free} bytes left again; appends are taken")]
    private static partial void LogRoom(ILogger logger, string directory, long free);
}
