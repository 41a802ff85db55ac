namespace PerfLog.Server.Commands;

/// <summary>
/// Lets <c>topics</c> be said as Kafka's own tool wants it: <c>topics --create --topic NAME</c> means
/// <c>topics create NAME</c>, <c>groups --describe --group NAME --members</c> means <c>groups members NAME</c>,
/// <c>produce --topic NAME</c> means <c>produce NAME</c>, <c>perf-test produce --producer-props A=1 B=2</c> has two settings, <c>configs --describe --entity-type topics --entity-name NAME</c> means <c>configs describe --topic NAME</c>, and <c>dump-log --files A,B</c> means <c>dump-log A B</c>. All methods
/// are pure.
/// </summary>
internal static class KafkaSpelling
{
    private static readonly string[] TopicVerbs = ["create", "list", "describe", "delete", "alter"];
    private static readonly string[] GroupVerbs = ["list", "describe", "reset-offsets", "delete-offsets", "delete"];

    private static readonly string[] ConfigVerbs = ["describe", "alter"];

    public static string[] Translate(string[] arguments) => arguments switch
    {
        ["topics", .. string[] rest] when VerbIn(rest, TopicVerbs) is { } verb => ["topics", .. Named(verb, verb, "--topic", rest)],
        ["groups", .. string[] rest] when VerbIn(rest, GroupVerbs) is { } verb => ["groups", .. Groups(verb, rest)],
        ["configs", .. string[] rest] when VerbIn(rest, ConfigVerbs) is { } verb =>
            ["configs", verb, .. Entities([.. rest.Where(argument => argument != $"--{verb}")])],
        ["dump-log", .. string[] rest] => ["dump-log", .. DumpLog(rest)],
        ["produce" or "consume" or "verify", .. string[] rest] => [arguments[0], .. WithoutTopicOption(rest)],
        ["perf-test", "e2e", .. string[] rest] when IsPlainEndToEnd(rest) => ["perf-test", "e2e", .. EndToEnd(rest)],
        ["perf-test", string verb, .. string[] rest] => ["perf-test", verb, .. WithoutTopicOption([.. SingleProperties(rest)])],
        _ => arguments,
    };

    private static string? VerbIn(string[] arguments, string[] verbs) =>
        arguments is [var first, ..] && verbs.Contains(first) ? null : verbs.FirstOrDefault(verb => arguments.Contains($"--{verb}"));

    private static IEnumerable<string> Groups(string verb, string[] arguments)
    {
        // Without a name all groups are meant anyway; offsets are what a description shows.
        string[] meant = [.. arguments.Where(static argument => argument is not ("--all-groups" or "--offsets"))];
        if (verb != "describe" || !meant.Contains("--members")) return Named(verb, verb, "--group", meant);
        return Named(verb, "members", "--group", [.. meant.Where(static argument => argument is not ("--members" or "--verbose"))]);
    }

    /// <summary><c>--entity-type topics --entity-name NAME</c> is <c>--topic NAME</c>, and the same of brokers.</summary>
    private static IEnumerable<string> Entities(string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--entity-type");
        if (at < 0 || at + 1 >= arguments.Length) return arguments;
        string kind = arguments[at + 1].TrimEnd('s');
        return arguments.Where((_, index) => index != at && index != at + 1).Select(argument => argument == "--entity-name" ? $"--{kind}" : argument);
    }

    /// <summary>The verb first, then what follows <paramref name="nameOption"/> as a plain argument.</summary>
    private static IEnumerable<string> Named(string spelled, string verb, string nameOption, string[] arguments) =>
        [verb, .. Plain(nameOption, [.. arguments.Where(argument => argument != $"--{spelled}")])];

    /// <summary>What follows <paramref name="nameOption"/> as a plain argument.</summary>
    private static IEnumerable<string> Plain(string nameOption, string[] arguments)
    {
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            if (argument.StartsWith($"{nameOption}=")) yield return argument[(nameOption.Length + 1)..];
            else if (argument == nameOption && index + 1 < arguments.Length) yield return arguments[++index];
            else yield return argument;
        }
    }

    /// <summary>The topic stands behind <c>--topic</c>, or kcat's <c>-t</c>.</summary>
    private static IEnumerable<string> WithoutTopicOption(string[] arguments) => Plain("-t", [.. Plain("--topic", arguments)]);

    /// <summary><c>--producer-props A=1 B=2</c> means <c>-X A=1 -X B=2</c>.</summary>
    private static IEnumerable<string> SingleProperties(string[] arguments)
    {
        bool isInList = false;
        foreach (string argument in arguments)
        {
            bool starts = argument == "--producer-props";
            isInList = starts || (isInList && argument.Contains('=') && !argument.StartsWith('-'));
            if (starts) continue;
            if (isInList) yield return "-X";
            yield return argument;
        }
    }

    /// <summary>As <c>kafka-e2e-latency</c> has it: brokers, topic, number, acks, bytes, and perhaps a file of settings.</summary>
    private static bool IsPlainEndToEnd(string[] arguments) =>
        arguments.Length is 5 or 6 && arguments[0].Contains(':') && !arguments.Any(static argument => argument.StartsWith('-'));

    private static IEnumerable<string> EndToEnd(string[] plain) =>
    [
        plain[1], "--bootstrap-server", plain[0], "--num-records", plain[2], "--producer-acks", plain[3], "--record-size", plain[4],
        .. plain.Length == 6 ? (string[])["--command-config", plain[5]] : [],
    ];

    private static IEnumerable<string> DumpLog(string[] arguments)
    {
        for (int index = 0; index < arguments.Length; index++)
        {
            bool names = arguments[index] == "--files" && index + 1 < arguments.Length;
            if (!names) yield return arguments[index];
            else foreach (string file in arguments[++index].Split(',')) yield return file;
        }
    }
}
