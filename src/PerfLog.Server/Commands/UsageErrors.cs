using System.CommandLine;
using System.CommandLine.Parsing;
using PerfLog.Text;

namespace PerfLog.Server.Commands;

/// <summary>What is wrong with a command line, in words that name what was said and the nearest thing that there is. Pure.</summary>
internal static class UsageErrors
{
    /// <summary>One line for each mistake; none when there is no mistake.</summary>
    public static IReadOnlyList<string> Of(ParseResult command)
    {
        if (command.CommandResult.Tokens.Concat(command.Tokens).Any(static token => token.Value is "-?" or "-h" or "--help")) return [];
        if (UnknownOption(command) is { } unknown) return [unknown];
        if (command.Errors.Count == 0) return [];
        if (command.UnmatchedTokens is [var word, ..] && command.CommandResult.Command.Subcommands.Any()) return [UnknownCommand(command, word)];
        if (command.CommandResult.Command.Subcommands.Any()) return [MissingCommand(command)];
        return [.. command.Errors.Select(static error => Told(error)).Distinct()];
    }

    public static string FullName(SymbolResult result) => result switch
    {
        CommandResult { Parent: CommandResult parent } command => $"{FullName(parent)} {command.Command.Name}",
        _ => "perflog",
    };

    /// <summary>The first word that looks like an option and is none. An argument would swallow it otherwise: a file named --acks.</summary>
    private static string? UnknownOption(ParseResult command)
    {
        // Behind -- everything is an argument.
        if (command.Tokens.Any(static token => token.Type == TokenType.DoubleDash)) return null;
        string? unknown = command.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(static argument => argument.Tokens.Select(static token => token.Value))
            .Concat(command.UnmatchedTokens)
            .FirstOrDefault(static word => word.Length > 1 && word[0] == '-');
        if (unknown is null) return null;
        string name = unknown.Split('=')[0];
        IEnumerable<string> known = command.CommandResult.Command.Options.SelectMany(static option => (string[])[option.Name, .. option.Aliases]);
        return $"'{FullName(command.CommandResult)}' has no option {name}{Nearest(known, name)}";
    }

    private static string UnknownCommand(ParseResult command, string word) =>
        $"'{FullName(command.CommandResult)}' has no command '{word}'{Nearest(command.CommandResult.Command.Subcommands.Select(static known => known.Name), word)}";

    private static string MissingCommand(ParseResult command) =>
        $"'{FullName(command.CommandResult)}' needs one of {string.Join(", ", command.CommandResult.Command.Subcommands.Select(static known => known.Name))}.";

    private static string Nearest(IEnumerable<string> known, string word) =>
        known.MinBy(name => EditDistance.Between(name, word)) is { } nearest ? $"; the nearest one is {nearest}." : ".";

    private static string Told(ParseError error) => error switch
    {
        { SymbolResult: OptionResult option } when IsUnreadable(error) => $"{option.Option.Name}: {Unreadable(option.Tokens, option.Option.ValueType)}",
        { SymbolResult: ArgumentResult { Parent: OptionResult option } } when IsUnreadable(error) =>
            $"{option.Option.Name}: {Unreadable(option.Tokens, option.Option.ValueType)}",
        { SymbolResult: ArgumentResult { Parent: CommandResult command, Tokens.Count: 0 } argument } => $"'{FullName(command)}' needs {argument.Argument.Name}.",
        _ => error.Message.ReplaceLineEndings(" ").Replace("\t", ""),
    };

    private static bool IsUnreadable(ParseError error) => error.Message.StartsWith("Cannot parse argument", StringComparison.Ordinal);

    private static string Unreadable(IReadOnlyList<Token> words, Type type)
    {
        string given = words.Count > 0 ? words[^1].Value : "";
        bool isFraction = (Nullable.GetUnderlyingType(type) ?? type) == typeof(double);
        return $"'{given}' is no {(isFraction ? "number" : "whole number")}, or too large.";
    }
}
