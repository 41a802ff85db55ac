using System.Text;

namespace PerfLog.Client.Security;

/// <summary>
/// What Kafka's <c>sasl.jaas.config</c> says: <c>MODULE required username="NAME" password="PASSWORD";</c>. Values stand between quotes, in which a
/// backslash takes the next character as it is, or are single words.
/// </summary>
internal sealed record JaasLogin(string Module, string? Username, string? Password)
{
    private const string Option = "sasl.jaas.config";
    private const string PlainModule = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private const string ScramModule = "org.apache.kafka.common.security.scram.ScramLoginModule";

    private static readonly string[] Flags = ["required", "requisite", "sufficient", "optional"];

    public bool IsPlain => Module == PlainModule;

    /// <exception cref="ClientConfigurationException">The text is no such thing. Its message never holds the text, in which the password is.</exception>
    public static JaasLogin Parse(string text)
    {
        List<string> words = [];
        int at = 0;
        while (TryReadWord(text, ref at, out string word)) words.Add(word);
        if (words.Count < 3 || words[^1] != ";") throw Wrong("it must be MODULE required username=\"…\" password=\"…\"; with the semicolon");
        if (words[0] is not (PlainModule or ScramModule)) throw Wrong($"its module must be {PlainModule} or {ScramModule}, not {words[0]}");
        if (!Flags.Contains(words[1], StringComparer.OrdinalIgnoreCase)) throw Wrong($"'required' must follow the module, not '{words[1]}'");
        return words[2..^1].Aggregate(new JaasLogin(words[0], null, null), static (login, word) => login.With(word));
    }

    private JaasLogin With(string setting)
    {
        int equals = setting.IndexOf('=', StringComparison.Ordinal);
        return (equals < 0 ? setting : setting[..equals]) switch
        {
            "username" when equals > 0 => this with { Username = setting[(equals + 1)..] },
            "password" when equals > 0 => this with { Password = setting[(equals + 1)..] },
            var other => throw Wrong($"after the flag it has username=\"…\" and password=\"…\", not '{other}'"),
        };
    }

    // A word ends at a space or at the semicolon outside of quotes, which are left out.
    private static bool TryReadWord(string text, ref int at, out string word)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        StringBuilder taken = new();
        char quote = '\0';
        for (; at < text.Length; at++)
        {
            char next = text[at];
            if (quote == '\0' && (char.IsWhiteSpace(next) || next == ';')) break;
            if (next == '\\' && quote != '\0' && at + 1 < text.Length) taken.Append(text[++at]);
            else if (quote == '\0' && next is '"' or '\'') quote = next;
            else if (quote != '\0' && next == quote) quote = '\0';
            else taken.Append(next);
        }

        if (quote != '\0') throw Wrong($"the quote {quote} is not closed");
        if (taken.Length == 0 && at < text.Length && text[at] == ';')
        {
            taken.Append(';');
            at++;
        }

        word = taken.ToString();
        return word.Length > 0;
    }

    private static ClientConfigurationException Wrong(string why) => new(Option, $"{Option}: {why}.");
}
