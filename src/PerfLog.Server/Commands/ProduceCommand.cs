using System.CommandLine;
using System.Text;
using PerfLog.Client.Producing;
using PerfLog.Records;
using PerfLog.Server.Clients;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog produce TOPIC [FILE]</c>, with the flags of kcat and of Kafka's console producer.</summary>
internal sealed class ProduceCommand
{
    private readonly Argument<string> _topic = new("TOPIC") { Description = "Where to, also as --topic TOPIC or -t TOPIC." };
    private readonly Argument<string?> _file = new("FILE") { Description = "A file whose lines are sent, one record each; without it standard input.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _keySeparator = new("--key-separator", "-K") { Description = "What stands between key and value in a line; without it lines are values.", HelpName = "TEXT" };
    private readonly Option<string?> _key = new("--key", "-k") { Description = "The key of every record." };
    private readonly Option<string?> _delimiter = new("--delimiter", "-D") { Description = "What stands between two records in place of the end of a line. \\n, \\t and \\xNN are understood.", HelpName = "TEXT" };
    private readonly Option<int?> _partition = new Option<int?>("--partition", "-p") { Description = "The partition; without it the key chooses." }.Within(0);
    private readonly Option<string[]> _headers = KeyValueOptions.Create("--header", "A header of every record. Repeatable.");
    private readonly Option<bool> _emptyIsNull = new("--null", "-Z") { Description = "An empty key is none, an empty value a tombstone." };
    private readonly Option<long?> _recordsMax = new Option<long?>("--max-messages", "-c") { Description = "Stop after so many records." }.Within(0);
    private readonly Option<string?> _compression = new("--compression-codec", "-z") { Description = "none, gzip, snappy, lz4 or zstd; gzip when none is named.", Arity = ArgumentArity.ZeroOrOne, HelpName = "CODEC" };
    private readonly Option<string?> _acks = new("--request-required-acks", "--acks") { Description = "0, 1 or all." };
    private readonly Option<string[]> _properties = ConsoleProperties.Option("--reader-property");

    private ProduceCommand() => _headers.Aliases.Add("-H");

    public static Command Create() => new ProduceCommand().Build();

    private Command Build()
    {
        var command = new Command("produce", "Send lines as records.")
        {
            _topic, _file, _keySeparator, _key, _delimiter, _partition, _headers, _emptyIsNull, _recordsMax, _compression, _acks, _properties,
        };
        var client = new ClientOptions(command);
        command.SetAction((invocation, cancellation) => ClientOptions.RunAsync(() =>
        {
            ProducerOptions options = ProducerOptions.Safe(client.Servers(invocation)) with { Linger = TimeSpan.FromMilliseconds(5) };
            LineFormat format = Format(invocation);
            return new LineProducer(client.Producer(invocation, options.With(Shorthands(invocation))), format).SendAsync(
                new ProduceInput
                {
                    File = invocation.GetValue(_file),
                    Delimiter = invocation.GetValue(_delimiter) is { } text ? EscapedText.Bytes(text) : InputLines.LineEnd,
                    RecordsMax = invocation.GetValue(_recordsMax) ?? long.MaxValue,
                },
                invocation.InvocationConfiguration.Error,
                cancellation);
        }));
        return command;
    }

    /// <summary>Options that have names of their own in other tools.</summary>
    private IEnumerable<KeyValuePair<string, string>> Shorthands(ParseResult invocation)
    {
        if (invocation.GetResult(_compression) is not null) yield return new("compression.type", invocation.GetValue(_compression) ?? "gzip");
        if (invocation.GetValue(_acks) is not { } acks) yield break;
        yield return new("acks", acks);
        // Idempotence, which is on otherwise, needs the acknowledgement of all.
        if (acks is not ("all" or "-1")) yield return new("enable.idempotence", "false");
    }

    private LineFormat Format(ParseResult invocation)
    {
        ConsoleProperties properties = new(KeyValueOptions.Pairs(invocation.GetValue(_properties)));
        byte[]? keySeparator = invocation.GetValue(_keySeparator) is { Length: > 0 } text ? EscapedText.Bytes(text) : null;
        byte[] named = properties.Bytes("key.separator") ?? "\t"u8.ToArray();
        if (properties.Flag("parse.key")) keySeparator ??= named;
        byte[] delimiter = properties.Bytes("headers.delimiter") ?? "\t"u8.ToArray();
        byte[] separator = properties.Bytes("headers.separator") ?? ","u8.ToArray();
        byte[] headerKeySeparator = properties.Bytes("headers.key.separator") ?? ":"u8.ToArray();
        LineFormat format = new()
        {
            Topic = invocation.GetRequiredValue(_topic),
            KeySeparator = keySeparator,
            Key = invocation.GetValue(_key) is { } key ? Encoding.UTF8.GetBytes(key) : null,
            Partition = invocation.GetValue(_partition),
            Headers = [.. KeyValueOptions.Pairs(invocation.GetValue(_headers)).Select(static header => new RecordHeader(header.Key, Encoding.UTF8.GetBytes(header.Value)))],
            OwnHeaders = properties.Flag("parse.headers") ? new LineHeaders(delimiter, separator, headerKeySeparator) : null,
            NullMarker = properties.Bytes("null.marker") ?? (invocation.GetValue(_emptyIsNull) ? [] : null),
            IsStrict = (properties.Flag("parse.key") || properties.Flag("parse.headers")) && !properties.Flag("ignore.error"),
        };
        properties.RequireAllKnown();
        return format;
    }
}
