using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace PerfLog.Broker.Groups;

/// <summary>
/// A regular expression over topic names, in the syntax that the protocol documents (RE2's). It matches whole names, in time
/// linear in the name's length whatever the expression.
/// </summary>
internal sealed class TopicPattern
{
    private const int LengthMax = 1024;
    private readonly Regex _regex;

    private TopicPattern(Regex regex) => _regex = regex;

    public bool Matches(string topic) => _regex.IsMatch(topic);

    public static bool TryCompile(string text, [NotNullWhen(true)] out TopicPattern? pattern, [NotNullWhen(false)] out string? violation)
    {
        pattern = null;
        if (text.Length > LengthMax)
        {
            violation = $"The regular expression is longer than {LengthMax} characters.";
            return false;
        }

        try
        {
            const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            string expression = Re2Syntax.ToDotNet(text);

            // By itself first: a parenthesis too many would otherwise close the one that is put around it.
            _ = new Regex(expression, Options);
            pattern = new TopicPattern(new Regex($@"\A(?:{expression})\z", Options));
            violation = null;
            return true;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            violation = $"The regular expression '{text}' cannot be used: {error.Message}";
            return false;
        }
    }
}
