using System.CommandLine;

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

    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON, for programs." };
}
