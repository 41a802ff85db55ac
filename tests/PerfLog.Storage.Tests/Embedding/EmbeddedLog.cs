using System.Text;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Opens record logs for tests, on any device, and reads them as text.</summary>
internal static class EmbeddedLog
{
    public const string Directory = "/embedded";

    public static LogDirectoryOptions Options(IStorageDevice device, FakeTimeProvider time) => new()
    {
        Device = device,
        Time = time,
        Seed = 11,
        DiskReserveBytes = 0,
    };

    public static ValueTask<RecordLog> OpenAsync(LogOptions? options = null)
    {
        FakeTimeProvider time = TestDirectory.Clock();
        return RecordLog.OpenAsync(Directory, options, Options(new MemoryDevice(time), time));
    }

    public static Offset Append(this RecordLog log, string? key, string? value) => log.Append(Bytes(key), Bytes(value));

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    public static string Text(OptionalBytes bytes) => bytes.IsNull ? "-" : Encoding.UTF8.GetString(bytes.Span);

    public static string Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Encoding.UTF8.GetString(some.Span) : "-";

    /// <summary>Waits until all that is accepted can be read.</summary>
    public static async Task SettleAsync(this RecordLog log)
    {
        if (log.NextOffset > Offset.Zero) await log.WaitWrittenAsync(log.NextOffset - 1);
    }

    /// <summary>The records from an offset on, each as "offset:key=value".</summary>
    public static List<string> ReadAll(this RecordLog log, long from = 0)
    {
        List<string> all = [];
        foreach (RecordView record in log.Read(new Offset(from))) all.Add($"{record.Offset}:{Text(record.Key)}={Text(record.Value)}");
        return all;
    }

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}
