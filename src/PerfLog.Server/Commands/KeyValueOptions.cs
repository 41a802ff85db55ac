using System.CommandLine;

namespace PerfLog.Server.Commands;

/// <summary>Options whose value is <c>key=value</c> and which may be repeated.</summary>
internal static class KeyValueOptions
{
    public static Option<string[]> Create(string name, string description)
    {
        var option = new Option<string[]>(name)
        {
            Description = description,
            HelpName = "KEY=VALUE",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        option.Validators.Add(given =>
        {
            foreach (string text in given.Tokens.Select(static token => token.Value))
            {
                if (text.IndexOf('=') <= 0) given.AddError($"{name}: '{text}' is no KEY=VALUE.");
            }
        });
        return option;
    }

    /// <summary>The pairs; of one key given twice the last value.</summary>
    public static Dictionary<string, string> Pairs(string[]? texts)
    {
        Dictionary<string, string> pairs = [];
        foreach (string text in texts ?? [])
        {
            int equals = text.IndexOf('=');
            pairs[text[..equals].Trim()] = text[(equals + 1)..].Trim();
        }

        return pairs;
    }
}
