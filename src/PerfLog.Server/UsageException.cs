namespace PerfLog.Server;

/// <summary>
/// The command line is wrong in a way that only its command can see: an option's value that nothing can be done with. The message names
/// the option and what is allowed, and is shown like any other mistake in a command line.
/// </summary>
internal sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause);
