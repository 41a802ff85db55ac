using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace PerfLog.Server.Commands;

/// <summary>What numbers options take. Words that are no numbers are left to the parser, which says so.</summary>
internal static class NumberRules
{
    /// <summary>Has the option refuse what is out of bounds.</summary>
    /// <param name="option">The option.</param>
    /// <param name="least">The smallest number that makes sense.</param>
    /// <param name="most">The largest.</param>
    /// <returns>The option.</returns>
    public static TOption Within<TOption>(this TOption option, long least, long most = long.MaxValue)
        where TOption : Option
    {
        option.Validators.Add(given =>
        {
            if (given.Tokens is not [Token word] || !long.TryParse(word.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)) return;
            if (number < least || number > most)
                given.AddError(most == long.MaxValue ? $"{option.Name}: {number} is too small; at least {least}." : $"{option.Name} must be from {least} to {most}.");
        });
        return option;
    }
}
