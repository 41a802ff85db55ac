using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests;

/// <summary>
/// Goal: a laid out log that is flushed in small pieces gets zeros written ahead of its end, and never over its batches; other
/// logs get none; and what goes wrong with them neither hides nor costs anything.
/// </summary>
public sealed class ZerosAheadTests
{
    private const int SegmentBytes = 20 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly LogOptions LaidOut = new() { SegmentBytes = SegmentBytes, Preallocate = true };

    private readonly FakeTimeProvider _time = TestDirectory.Clock();

    [Fact]
    public async Task Small_flushes_of_a_laid_out_log_get_zeros_ahead_of_them()
    {
        (WatchedDevice device, TestDirectory test) = await OpenAsync(LaidOut);

        AppendUntil(test, () => device.ZeroedTo > ZerosAhead.AheadBytes);

        long size = test.Log.SizeBytes;
        Assert.InRange(device.ZeroedTo, size, size + ZerosAhead.AheadBytes + device.LargestZeros);
        Assert.Equal(size, test.ReadAll().Length);
        await test.DisposeAsync();
    }

    [Fact]
    public async Task Appends_that_catch_up_with_the_zeros_stay_whole()
    {
        (WatchedDevice device, TestDirectory test) = await OpenAsync(LaidOut);
        using MemoryStream all = new();
        for (int i = 0; all.Length < SegmentBytes * 2L; i++)
        {
            Memory<byte> batch = TestBatch.Of(1, valueBytes: i % 30 == 29 ? 2_000_000 : 30_000);
            test.Append(batch);
            if (i % 30 < 25) test.Log.Flush();
            all.Write(batch.Span);
        }

        Assert.True(device.ZeroedTo > 0);
        Assert.Equal(all.ToArray(), test.ReadAll());
        await test.DisposeAsync();
    }

    [Theory]
    [InlineData(false, 1_000)]
    [InlineData(true, ZerosAhead.SmallFlushBytes + 1_000)]
    public async Task Other_logs_and_large_flushes_get_none(bool preallocates, int valueBytes)
    {
        (WatchedDevice device, TestDirectory test) = await OpenAsync(LaidOut with { Preallocate = preallocates });

        for (int i = 0; i < 3 * ZerosAhead.SmallFlushesMin; i++) AppendAndFlush(test, valueBytes);

        // Closing waits for the writer lock, after which nothing is written any more.
        await Task.Delay(100);
        await test.DisposeAsync();
        Assert.Equal(0, device.ZeroedTo);
    }

    [Fact]
    public async Task A_failure_that_the_disk_tells_there_takes_the_log_offline_as_one_of_a_flush_does()
    {
        (WatchedDevice device, TestDirectory test) = await OpenAsync(LaidOut);
        device.FailsToWriteBack = true;

        AppendUntil(test, () => test.Directory.Failure is not null);

        Assert.Contains("the disk failed", test.Directory.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.KafkaStorageError, test.Append(TestBatch.Of(1)).Error);
        await test.DisposeAsync();
    }

    [Fact]
    public async Task Zeros_that_cannot_be_written_are_done_without()
    {
        (WatchedDevice device, TestDirectory test) = await OpenAsync(LaidOut);
        device.FailsToWriteZeros = true;

        AppendUntil(test, () => device.RefusedWrites > 0);
        for (int i = 0; i < 20; i++) AppendAndFlush(test, valueBytes: 1_000);

        Assert.Equal(1, device.RefusedWrites);
        Assert.Null(test.Directory.Failure);
        Assert.Equal(test.Log.EndOffset, test.Log.RecoveryPoint);
        await test.DisposeAsync();
    }

    private async Task<(WatchedDevice Device, TestDirectory Test)> OpenAsync(LogOptions options)
    {
        WatchedDevice device = new(new MemoryDevice(_time));
        return (device, await TestDirectory.OpenAsync(device, _time, options));
    }

    private static void AppendAndFlush(TestDirectory test, int valueBytes)
    {
        test.Append(TestBatch.Of(1, valueBytes: valueBytes));
        test.Log.Flush();
    }

    private static void AppendUntil(TestDirectory test, Func<bool> isReached) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            if (isReached()) return true;
            test.Append(TestBatch.Of(1, valueBytes: 1_000));
            if (test.Directory.Failure is null) test.Log.Flush();
            return false;
        },
        Patience));

    /// <summary>Tells the zeros that are written into the log's files from its batches, and fails with them when asked to.</summary>
    private sealed class WatchedDevice(IStorageDevice inner) : ForwardingDevice(inner)
    {
        public bool FailsToWriteBack { get; set; }

        public bool FailsToWriteZeros { get; set; }

        /// <summary>Where the zeros end that lie the farthest in their file.</summary>
        public long ZeroedTo { get; private set; }

        public int LargestZeros { get; private set; }

        public int RefusedWrites { get; private set; }

        public override IStorageFile OpenFile(string path, FileOpening opening)
        {
            IStorageFile file = base.OpenFile(path, opening);
            return path.EndsWith(".log", StringComparison.Ordinal) ? new WatchedFile(file, this) : file;
        }

        private void NoteZeros(long position, int length)
        {
            if (FailsToWriteZeros)
            {
                RefusedWrites++;
                throw new IOException("No zeros here.");
            }

            ZeroedTo = Math.Max(ZeroedTo, position + length);
            LargestZeros = Math.Max(LargestZeros, length);
        }

        private sealed class WatchedFile(IStorageFile ownedInner, WatchedDevice owner) : ForwardingFile(ownedInner)
        {
            public override void Write(long position, ReadOnlySpan<byte> bytes)
            {
                if (!bytes.ContainsAnyExcept((byte)0)) owner.NoteZeros(position, bytes.Length);
                base.Write(position, bytes);
            }

            public override void WriteBack(long position, long length)
            {
                if (owner.FailsToWriteBack) throw new IOException("The disk is gone.");
                base.WriteBack(position, length);
            }
        }
    }
}
