namespace PerfLog.Server;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failure = 1;

    /// <summary>What was to be examined cannot be read at all.</summary>
    public const int Unreadable = 2;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The reader of the output is gone, as behind <c>| head</c>: 128 + SIGPIPE, as shells have it.</summary>
    public const int OutputClosed = 141;

    /// <summary>Stopped by Ctrl-C before the work was done: 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
