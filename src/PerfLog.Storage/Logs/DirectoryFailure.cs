using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>
/// Whether a log directory still works. The first failure of a write or a flush sticks: what the pages hold afterwards is
/// not known, so nothing is retried and acknowledged. Shared by the directory and its logs; any thread.
/// </summary>
/// <param name="path">The directory.</param>
/// <param name="device">What it lies on.</param>
/// <param name="logger">Told of the first failure.</param>
internal sealed partial class DirectoryFailure(string path, IStorageDevice device, ILogger logger)
{
    private Exception? _cause;

    /// <summary>Told of the first failure, on the thread that it happened to.</summary>
    public Action Recorded { get; init; } = static () => { };

    public Exception? Cause => Volatile.Read(ref _cause);

    public bool IsOffline => Cause is not null;

    public void Record(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is not null) return;
        LogOffline(logger, path, cause.Message, cause);
        DoubtMark.TryLeave(device, path);
        Recorded();
    }

    public void ThrowIfOffline()
    {
        if (Cause is { } cause) throw new DirectoryOfflineException(path, cause);
    }

    /// <summary>
    /// Runs a change; if it fails, the directory is offline and the failure is thrown on. Spoiled bytes in one log are no
    /// failure of the directory.
    /// </summary>
    public T Guard<T>(Func<T> change) => Guard(static change => change(), change);

    /// <summary>The same for what must not allocate: the change is static, and gets what it needs.</summary>
    public T Guard<TGiven, T>(Func<TGiven, T> change, TGiven given)
    {
        ThrowIfOffline();
        try
        {
            return change(given);
        }
        catch (Exception cause) when (cause is not CorruptLogException)
        {
            Record(cause);
            throw;
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public void Guard(Action change) => Guard(() =>
    {
        change();
        return true;
    });

    [LoggerMessage(Level = LogLevel.Error, Message = "Log directory {Directory} is offline from now on: {Reason}")]
    private static partial void LogOffline(ILogger logger, string directory, string reason, Exception cause);
}
