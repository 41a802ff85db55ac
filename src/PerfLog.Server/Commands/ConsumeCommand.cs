using System.CommandLine;
using PerfLog.Client.Consuming;
using PerfLog.Server.Clients;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog consume TOPIC</c>, with the flags of kcat and of Kafka's console consumer.</summary>
internal sealed class ConsumeCommand
{
    private readonly Argument<string?> _topic = new("TOPIC") { Description = "What to read, also as --topic TOPIC or -t TOPIC.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _include = new("--include", "--whitelist")
    {
        Description = "Read every topic whose whole name this regular expression matches, in place of TOPIC; in a group also those made later.", HelpName = "PATTERN",
    };

    private readonly Option<bool> _fromBeginning = new("--from-beginning") { Description = "Start with the first record that is there." };
    private readonly Option<string?> _group = new("--group", "-G") { Description = "Share the topic with the members of this group, and commit what was read." };
    private readonly Option<int?> _partition = new Option<int?>("--partition", "-p") { Description = "Read this partition alone." }.Within(0);
    private readonly Option<string?> _offset = new("--offset", "-o") { Description = "Where to start: beginning, end, an offset, -N for the last N, or s@MILLISECONDS for a time.", HelpName = "WHERE" };
    private readonly Option<long?> _maxMessages = new Option<long?>("--max-messages", "-c") { Description = "Stop after so many records." }.Within(0);
    private readonly Option<bool> _exit = new("--exit", "-e") { Description = "Stop at the end of every partition." };
    private readonly Option<int?> _idle = new Option<int?>("--timeout-ms") { Description = "Stop when no record came for so long." }.Within(0);
    private readonly Option<string?> _format = new("--format", "-f")
    {
        Description = "How a record is written: %t topic, %p partition, %o offset, %k key, %s value, %T time, %h headers, %K and %S their lengths, \\n and \\t.",
    };

    private readonly Option<bool> _json = new("--json", "-J") { Description = "Write each record as a line of JSON, with kcat's fields." };
    private readonly Option<string?> _keySeparator = new("--key-separator", "-K") { Description = "Write the key and this before the value.", HelpName = "TEXT" };
    private readonly Option<string?> _delimiter = new("--delimiter", "-D") { Description = "What stands behind a record in place of the end of a line.", HelpName = "TEXT" };
    private readonly Option<bool> _nulls = new("--null", "-Z") { Description = "Write NULL for a key or value that there is none of." };
    private readonly Option<bool> _printKey = new("--print-key") { Description = "Write the key and a tab before the value." };
    private readonly Option<string?> _isolation = new("--isolation-level") { Description = "read_committed or read_uncommitted." };
    private readonly Option<string[]> _properties = ConsoleProperties.Option("--formatter-property");

    private ConsumeCommand()
    {
    }

    public static Command Create() => new ConsumeCommand().Build();

    private Command Build()
    {
        var command = new Command(
            "consume", "Read a topic and write its records, their bytes as they are: kcat's -s, which unpacks numbers and Avro, is left out.")
        {
            _topic, _include, _fromBeginning, _group, _partition, _offset, _maxMessages, _exit, _idle, _format, _json, _keySeparator, _delimiter, _nulls,
            _printKey, _isolation, _properties,
        };
        command.Validators.Add(given =>
        {
            bool names = given.GetValue(_topic) is not null, matches = given.GetValue(_include) is not null;
            if (names == matches) given.AddError("Say what to read: TOPIC, or --include PATTERN.");
            if (matches && given.GetValue(_partition) is not null) given.AddError("--partition is of one TOPIC; with --include all partitions are read.");
            if (given.GetValue(_json) && given.GetValue(_format) is not null) given.AddError("--json and --format exclude each other.");
        });
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(() =>
        {
            ConsumePlan plan = Plan(invocation);
            if (plan.Start is { } start) RecordPrinter.RequireStart(start);
            ConsumerOptions options = new()
            {
                BootstrapServers = client.Servers(invocation),
                GroupId = invocation.GetValue(_group),
                AutoOffsetReset = plan.Start is null or "end" ? OffsetReset.Latest : OffsetReset.Earliest,
                AllowAutoCreateTopics = false,
            };
            if (invocation.GetValue(_isolation) is { } isolation) options = options.With([new("isolation.level", isolation)]);
            return new RecordPrinter(client.Consumer(invocation, options), Format(invocation)).RunAsync(plan, cancellation);
        }));
        return command;
    }

    private ConsumePlan Plan(ParseResult invocation) => new()
    {
        Topic = invocation.GetValue(_topic),
        Include = invocation.GetValue(_include) is { } pattern ? TopicPartitions.Pattern(pattern) : null,
        Partition = invocation.GetValue(_partition),
        Start = invocation.GetValue(_fromBeginning) ? "beginning" : invocation.GetValue(_offset),
        RecordsMax = invocation.GetValue(_maxMessages) ?? long.MaxValue,
        StopsAtEnd = invocation.GetValue(_exit),
        IdleMax = invocation.GetValue(_idle) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
    };

    private RecordFormat Format(ParseResult invocation)
    {
        if (invocation.GetResult(_properties) is not null) return Console(new ConsoleProperties(KeyValueOptions.Pairs(invocation.GetValue(_properties))));
        if (invocation.GetValue(_json)) return RecordJson.Format;
        byte[] nullText = invocation.GetValue(_nulls) ? "NULL"u8.ToArray() : [];
        if (invocation.GetValue(_format) is { } layout) return RecordFormat.Parse(layout, nullText);
        byte[] lineEnd = invocation.GetValue(_delimiter) is { } delimiter ? EscapedText.Bytes(delimiter) : InputLines.LineEnd;
        string? separator = invocation.GetValue(_keySeparator) ?? (invocation.GetValue(_printKey) ? "\t" : null);
        RecordPart[] key = separator is null ? [] : [RecordFormat.Key(nullText), RecordFormat.Text(EscapedText.Bytes(separator))];
        return new RecordFormat([.. key, RecordFormat.Value(nullText), RecordFormat.Text(lineEnd)]);
    }

    private static RecordFormat Console(ConsoleProperties properties)
    {
        ConsoleFormat defaults = new();
        ConsoleFormat format = new()
        {
            PrintsTimestamp = properties.Flag("print.timestamp"),
            PrintsPartition = properties.Flag("print.partition"),
            PrintsOffset = properties.Flag("print.offset"),
            PrintsHeaders = properties.Flag("print.headers"),
            PrintsKey = properties.Flag("print.key"),
            PrintsValue = properties.Flag("print.value", otherwise: true),
            KeySeparator = properties.Bytes("key.separator") ?? defaults.KeySeparator,
            LineSeparator = properties.Bytes("line.separator") ?? defaults.LineSeparator,
            HeadersSeparator = properties.Bytes("headers.separator") ?? defaults.HeadersSeparator,
            NullLiteral = properties.Bytes("null.literal") ?? defaults.NullLiteral,
        };
        properties.RequireAllKnown();
        return format.ToFormat();
    }
}
