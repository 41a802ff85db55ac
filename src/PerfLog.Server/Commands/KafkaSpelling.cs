namespace PerfLog.Server.Commands;

/// <summary>
/// Lets <c>topics</c> be said as Kafka's own tool wants it: <c>topics --create --topic NAME</c> means
/// <c>topics create NAME</c>, <c>produce --topic NAME</c> means <c>produce NAME</c>, and <c>dump-log --files A,B</c> means
/// <c>dump-log A B</c>. All methods are pure.
/// </summary>
internal static class KafkaSpelling
{
    private static readonly string[] Verbs = ["create", "list", "describe", "delete", "alter"];

    public static string[] Translate(string[] arguments) => arguments switch
    {
        ["topics", .. string[] rest] when VerbIn(rest) is { } verb => ["topics", .. Topics(verb, rest)],
        ["dump-log", .. string[] rest] => ["dump-log", .. DumpLog(rest)],
        ["produce" or "consume" or "verify", .. string[] rest] => [arguments[0], .. WithoutTopicOption(rest)],
        ["perf-test", string verb, .. string[] rest] => ["perf-test", verb, .. WithoutTopicOption(rest)],
        _ => arguments,
    };

    private static string? VerbIn(string[] arguments) =>
        arguments is [var first, ..] && Verbs.Contains(first) ? null : Verbs.FirstOrDefault(verb => arguments.Contains($"--{verb}"));

    private static IEnumerable<string> Topics(string verb, string[] arguments) =>
        [verb, .. WithoutTopicOption(arguments.Where(argument => argument != $"--{verb}").ToArray())];

    /// <summary>The topic stands alone instead of behind <c>--topic</c>, or kcat's <c>-t</c>.</summary>
    private static IEnumerable<string> WithoutTopicOption(string[] arguments)
    {
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            if (argument.StartsWith("--topic=")) yield return argument["--topic=".Length..];
            else if (argument is "--topic" or "-t" && index + 1 < arguments.Length) yield return arguments[++index];
            else yield return argument;
        }
    }

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
