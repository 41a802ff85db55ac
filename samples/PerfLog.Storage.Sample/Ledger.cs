using System.Text;
using PerfLog.Records;

namespace PerfLog.Storage.Sample;

/// <summary>A ledger of payments in a log of its own: appending at three levels, reading, following, deleting.</summary>
public static class Ledger
{
    /// <summary>Runs the sample in a directory, which keeps the log; run again it goes on.</summary>
    public static async Task RunAsync(string directory, TextWriter output)
    {
        await using LogDirectory logs = await LogDirectory.OpenAsync(directory);
        RecordLog payments = logs.OpenLog("payments", new LogOptions { Compression = CompressionCodec.Lz4, RetentionMs = -1 });
        Offset start = payments.NextOffset;

        // Accepted: it has its offset, and is on its way to the file. Millions a second.
        for (int i = 0; i < 1_000; i++) payments.Append("alice"u8, Encoding.UTF8.GetBytes($"{i} cents"));

        // Flushed: it is on the disk. Those who ask for it at the same time share one flush.
        ReadOnlyMemory<byte> account = "bob"u8.ToArray(), amount = "5 euros"u8.ToArray();
        Offset kept = await payments.AppendAsync(account, amount, Acknowledgement.Flushed);
        output.WriteLine($"Record {kept - start} of this run is on the disk, and so is all before it.");

        output.WriteLine($"{Count(payments, start)} records read back.");
        await FollowAsync(payments, kept, output);

        payments.DeleteBefore(kept);
        output.WriteLine($"The log has {payments.EndOffset - payments.LogStartOffset} records left.");
    }

    // A record is a view of the reader's memory: nothing is allocated for it.
    private static int Count(RecordLog log, Offset from)
    {
        int count = 0;
        foreach (RecordView record in log.Read(from))
        {
            if (record.Value.HasValue) count++;
        }

        return count;
    }

    private static async Task FollowAsync(RecordLog log, Offset from, TextWriter output)
    {
        using CancellationTokenSource stop = new();
        ValueTask<Offset> later = default;
        try
        {
            await foreach (StoredRecord record in log.FollowAsync(from, stop.Token))
            {
                output.WriteLine($"{Encoding.UTF8.GetString(record.Key!.Value.Span)}: {Encoding.UTF8.GetString(record.Value!.Value.Span)}");
                if (record.Offset == from) later = log.AppendAsync("carol"u8, "7 euros"u8, Acknowledgement.Written);
                else await stop.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            await later;
        }
    }
}
