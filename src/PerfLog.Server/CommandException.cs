namespace PerfLog.Server;

/// <summary>A command cannot do what it was told. The message names the thing and the remedy, and is all that is shown.</summary>
internal sealed class CommandException(string message, Exception? cause = null) : Exception(message, cause);
