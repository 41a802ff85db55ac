using PerfLog.Client.Producing;

namespace PerfLog.Server.Clients;

/// <summary>Where records come from, and how many.</summary>
internal sealed record ProduceInput
{
    /// <summary>The file; null for standard input.</summary>
    public string? File { get; init; }

    public byte[] Delimiter { get; init; } = InputLines.LineEnd;

    public long RecordsMax { get; init; } = long.MaxValue;
}

/// <summary>Sends the lines of a file or of standard input, one record each, and tells how many were written.</summary>
internal sealed class LineProducer(ProducerOptions options, LineFormat format)
{
    private long _failed;
    private ProduceException? _failure;

    /// <param name="input">What to send. Lines that were read before it ends, or before Ctrl-C, are sent.</param>
    /// <param name="messages">Takes the number of records.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task SendAsync(ProduceInput input, TextWriter messages, CancellationToken cancellation)
    {
        long sent = 0;
        bool isDone = false;
        try
        {
            await using Producer<byte[]?, byte[]?> producer = new(options);
            await using Stream lines = input.File is null ? StandardInput.Open() : File.OpenRead(input.File);
            await TopicPartitions.RequireWritableAsync(options.BootstrapServers, options.Security, format.Topic, format.Partition, cancellation);
            if (input.RecordsMax > 0)
            {
                await foreach (byte[] line in InputLines.ReadAsync(lines, input.Delimiter, options.MaxRequestSize, cancellation))
                {
                    if (Volatile.Read(ref _failure) is not null) break;
                    await producer.Send(format.Read(line, sent + 1), Count, cancellation);
                    if (++sent == input.RecordsMax) break;
                }
            }

            await producer.FlushAsync(cancellation);
            isDone = true;
        }
        finally
        {
            // Disposal has sent what was taken, also after Ctrl-C.
            if (isDone || sent > 0) messages.WriteLine($"{sent - Interlocked.Read(ref _failed):N0} records written to {format.Topic}.");
        }

        if (_failure is not null) throw new CommandException($"{_failed:N0} records were not written: {_failure.Message}", _failure);
    }

    private void Count(DeliveryReport report)
    {
        if (report.Failure is null) return;
        Interlocked.Increment(ref _failed);
        Interlocked.CompareExchange(ref _failure, report.Failure, null);
    }
}
