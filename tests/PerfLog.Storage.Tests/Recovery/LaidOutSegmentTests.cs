using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Recovery;

/// <summary>
/// Goal: after a crash, the zeros of a segment that was laid out ahead are neither read to their end nor taken for damage, and
/// what lies behind zeros is not taken for records.
/// </summary>
public sealed class LaidOutSegmentTests
{
    private const int GibibyteBytes = 1 << 30;

    private static readonly LogOptions Small = new() { SegmentBytes = 4_000, IndexIntervalBytes = 200, Preallocate = true, RetentionMs = -1 };

    private readonly FakeTimeProvider _time = TestDirectory.Clock();

    [Fact]
    public async Task A_gibibyte_laid_out_ahead_costs_no_more_to_open_than_what_is_in_it()
    {
        using TemporaryFolder folder = new();
        LogOptions options = new() { SegmentBytes = GibibyteBytes, Preallocate = true };
        await using TestDirectory test = await TestDirectory.OpenAsync(new VectoredDevice(), _time, options, folder.Path);
        for (int i = 0; i < 10; i++) test.Append(TestBatch.Of(10, valueBytes: 10_000));
        byte[] all = test.ReadAll();
        string crashed = Path.Combine(folder.Path, "crashed");
        string copied = CopyAsAfterCrash(test.Folder, crashed);
        Assert.Equal(GibibyteBytes, new FileInfo(copied).Length);

        ReadCountingDevice device = new(new VectoredDevice());
        await using TestDirectory reopened = await TestDirectory.OpenAsync(device, _time, options, crashed);

        Assert.InRange(device.BytesRead, all.Length, all.Length + (1 << 20));
        Assert.Equal(all, reopened.ReadAll());
        Assert.Equal(all.Length, new FileInfo(copied).Length);
    }

    [Fact]
    public async Task The_zeros_are_no_damage_and_other_bytes_are()
    {
        (FaultyDevice device, _) = await CrashedAsync(batches: 2);
        Lines clean = await ReopenAsync(device);
        (FaultyDevice spoiled, TestDirectory test) = await CrashedAsync(batches: 2);
        int end = 2 * TestBatch.Of(1, valueBytes: 150).Length;
        spoiled.Corrupt(PathOf(test, 0), bytes => [.. bytes[..end], .. "no batch"u8, .. bytes[end..]]);
        Lines damaged = await ReopenAsync(spoiled);

        Assert.DoesNotContain(clean.All, static line => line.Level > LogLevel.Information);
        Assert.Contains(clean.All, static line => line.Text.Contains("taken ahead", StringComparison.Ordinal));
        Assert.Contains(damaged.All, static line => line.Level == LogLevel.Warning && line.Text.Contains("no batch starts here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_lies_behind_lost_bytes_is_not_taken_for_records()
    {
        (FaultyDevice device, TestDirectory test) = await CrashedAsync(batches: 3);
        int batchBytes = TestBatch.Of(1, valueBytes: 150).Length;
        device.Corrupt(PathOf(test, 0), bytes =>
        {
            bytes.AsSpan(batchBytes, batchBytes).Clear();
            return bytes;
        });

        await test.OpenAsync();

        Assert.Equal(new Offset(1), test.Log.EndOffset);
        Assert.Equal(new Offset(1), test.Append(TestBatch.Of(1, valueBytes: 150)).BaseOffset);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_sealed_segment_whose_zeros_came_back_keeps_those_behind_it_unless_a_batch_is_missing(int batchesLost, bool keepsLater)
    {
        (FaultyDevice device, TestDirectory test) = await CrashedAsync(batches: 40);
        int batchBytes = TestBatch.Of(1, valueBytes: 150).Length, inFirst = Small.SegmentBytes / batchBytes;
        device.Corrupt(PathOf(test, 0), bytes => [.. bytes[..((inFirst - batchesLost) * batchBytes)], .. new byte[1_000]]);

        await test.OpenAsync();

        Assert.Equal(new Offset(keepsLater ? 40 : inFirst - batchesLost), test.Log.EndOffset);
        Assert.Equal(keepsLater, test.Log.SegmentCount > 1);
    }

    // All that was written and made survives, as in a crash of the process alone.
    private async Task<(FaultyDevice Device, TestDirectory Test)> CrashedAsync(int batches)
    {
        FaultyDevice device = new(5, _time) { SurvivalPercent = 100 };
        TestDirectory test = await TestDirectory.OpenAsync(device, _time, Small);
        for (int i = 0; i < batches; i++) test.Append(TestBatch.Of(1, valueBytes: 150));
        device.FlushDirectory(test.Folder);
        device.Crash();
        return (device, test);
    }

    private async Task<Lines> ReopenAsync(FaultyDevice device)
    {
        Lines lines = new();
        await using LogDirectory directory = await LogDirectory.OpenAsync(TestDirectory.SettingsFor("/data"), device, static _ => Small, _time, lines);
        return lines;
    }

    private static string PathOf(TestDirectory test, long baseOffset) => new SegmentFiles(test.Folder, new Offset(baseOffset)).Log;

    // The batches are copied, and the space ahead of them is laid out anew: copying a gibibyte of zeros takes seconds.
    private static string CopyAsAfterCrash(string from, string to)
    {
        string folder = Directory.CreateDirectory(Path.Combine(to, TestDirectory.Partition.ToString())).FullName;
        foreach (string file in Directory.GetFiles(from).Where(static file => !file.EndsWith(".log", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));

        SegmentFiles source = new(from, Offset.Zero), target = new(folder, Offset.Zero);
        VectoredDevice device = new();
        using IStorageFile input = device.OpenFile(source.Log, FileOpening.Existing);
        using IStorageFile output = device.OpenFile(target.Log, FileOpening.OrCreate);
        byte[] start = new byte[4 << 20];
        input.Read(0, start);
        output.Write(0, start);
        output.Extend(GibibyteBytes);
        return target.Log;
    }

    private sealed class Lines : ILogger
    {
        public List<(LogLevel Level, string Text)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add((logLevel, formatter(state, exception)));
    }
}
