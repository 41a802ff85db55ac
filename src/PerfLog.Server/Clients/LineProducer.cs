using System.Text;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Server.Clients;

/// <summary>How a line becomes a record.</summary>
internal sealed record LineFormat
{
    public required string Topic { get; init; }

    public string? KeySeparator { get; init; }

    public int? Partition { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>An empty part counts as none.</summary>
    public bool EmptyIsNull { get; init; }
}

/// <summary>Sends the lines of a file or of standard input, one record each, and tells how many were written.</summary>
internal sealed class LineProducer(ProducerOptions options, LineFormat format)
{
    private readonly RecordHeader[] _headers =
        [.. format.Headers.Select(static header => new RecordHeader(header.Key, Encoding.UTF8.GetBytes(header.Value)))];

    private long _failed;
    private ProduceException? _failure;

    public async Task SendAsync(string? file, TextWriter messages, CancellationToken cancellation)
    {
        using TextReader lines = file is null ? new StreamReader(Console.OpenStandardInput(), Encoding.UTF8) : File.OpenText(file);
        long sent = 0;
        await using (Producer<string?, string?> producer = new(options))
        {
            while (Volatile.Read(ref _failure) is null && await lines.ReadLineAsync(cancellation) is { } line)
            {
                await producer.Send(Record(line), Count, cancellation);
                sent++;
            }

            await producer.FlushAsync(cancellation);
        }

        messages.WriteLine($"{sent - _failed:N0} records written to {format.Topic}.");
        if (_failure is not null) throw new CommandException($"{_failed:N0} records were not written: {_failure.Message}", _failure);
    }

    private void Count(DeliveryReport report)
    {
        if (report.Failure is null) return;
        Interlocked.Increment(ref _failed);
        Interlocked.CompareExchange(ref _failure, report.Failure, null);
    }

    private ProducerRecord<string?, string?> Record(string line)
    {
        int at = format.KeySeparator is { Length: > 0 } separator ? line.IndexOf(separator, StringComparison.Ordinal) : -1;
        string? key = at < 0 ? null : line[..at];
        string? value = at < 0 ? line : line[(at + format.KeySeparator!.Length)..];
        if (format.EmptyIsNull && key?.Length == 0) key = null;
        if (format.EmptyIsNull && value.Length == 0) value = null;
        return new ProducerRecord<string?, string?>(format.Topic, key, value) { Partition = format.Partition, Headers = _headers };
    }
}
