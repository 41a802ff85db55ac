using Spectre.Console;

namespace PerfLog.Server.Output;

/// <summary>Spectre's console on the writer that a command was given, plain where that is no terminal.</summary>
internal static class Terminal
{
    /// <summary>A file or a pipe has no width; lines are not broken for it.</summary>
    private const int UnboundedWidth = 10_000;

    public static bool IsInteractive(TextWriter output) =>
        (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
        || (ReferenceEquals(output, Console.Error) && !Console.IsErrorRedirected);

    public static IAnsiConsole On(TextWriter output)
    {
        bool interactive = IsInteractive(output);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = interactive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!interactive) console.Profile.Width = UnboundedWidth;
        return console;
    }
}
