using System.CommandLine;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog topics ...</c></summary>
internal static class TopicsCommand
{
    public static Command Create() => new(
        "topics", "Create, list, describe, alter and delete topics. Kafka's own spelling (--create --topic NAME) works too.")
    {
        TopicsCreateCommand.Create(),
        TopicsListCommand.Create(),
        TopicsDescribeCommand.Create(),
        TopicsAlterCommand.Create(),
        TopicsDeleteCommand.Create(),
    };

    public static Argument<string> NameArgument() => new("NAME") { Description = "The topic's name." };

    public static Argument<string[]> NamesArgument() => new("NAME") { Description = "The topics' names.", Arity = ArgumentArity.OneOrMore };

    /// <summary>Tells what became of each topic, and fails with those that failed.</summary>
    /// <param name="results">What became of them.</param>
    /// <param name="output">Where to.</param>
    /// <param name="done">What is said of one that was done.</param>
    /// <param name="excused">What is said of one whose failure is none; null where it is one.</param>
    public static void Tell<TValue>(
        AdminResults<string, TValue> results, TextWriter output, Func<string, string> done, Func<string, string?> excused)
    {
        List<string> failures = [];
        foreach (var (name, result) in results)
        {
            if (result.Failure is null) output.WriteLine(done(name));
            else if (excused(name) is { } words) output.WriteLine(words);
            else failures.Add(result.Failure.Message);
        }

        if (failures.Count > 0) throw new CommandException(string.Join(Environment.NewLine, failures));
    }

    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON, for programs." };
}
