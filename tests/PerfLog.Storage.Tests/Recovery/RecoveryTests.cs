using System.Buffers.Binary;
using System.IO.Hashing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Recovery;

public sealed class RecoveryTests
{
    private static readonly LogOptions SmallSegments = new() { SegmentBytes = 1_000, IndexIntervalBytes = 200, RetentionMs = -1 };

    private readonly FaultyDevice _device;
    private readonly TestDirectory _test;

    public RecoveryTests()
    {
        var time = TestDirectory.Clock();
        _device = new FaultyDevice(4, time) { SurvivalPercent = 100 };
        _test = new TestDirectory(_device, time, SmallSegments);
    }

    [Fact]
    public async Task After_a_clean_stop_no_batch_but_the_last_indexed_stretch_is_read()
    {
        await AppendAsync(40);
        await _test.Directory.DisposeAsync();

        // Spoiled bytes in the middle of an old segment show whether anyone looks.
        _device.Corrupt(SegmentPath(0, ".log"), static bytes => Flipped(bytes, 300));
        await _test.OpenAsync();

        Assert.Equal(new Offset(40), _test.Log.EndOffset);
        Assert.True(_test.Log.SegmentCount > 3);
    }

    [Fact]
    public async Task After_a_crash_the_log_is_cut_at_the_first_bad_batch_and_later_segments_go()
    {
        await AppendAsync(40);
        _device.Crash();
        _device.Corrupt(SegmentPath(0, ".log"), static bytes => Flipped(bytes, 300));

        await _test.OpenAsync();

        Assert.Equal(1, _test.Log.SegmentCount);
        Assert.Equal(new Offset(1), _test.Log.EndOffset);
        Assert.Equal(new Offset(1), _test.Append(TestBatch.Of(1)).BaseOffset);
    }

    [Fact]
    public async Task What_the_recovery_point_has_left_behind_is_not_scanned_after_a_crash()
    {
        await AppendAsync(40);
        _test.Log.Flush();
        _test.Housekeep();
        _device.Crash();
        _device.Corrupt(SegmentPath(0, ".log"), static bytes => Flipped(bytes, 300));

        await _test.OpenAsync();

        Assert.Equal(new Offset(40), _test.Log.EndOffset);
    }

    [Theory]
    [InlineData(".index")]
    [InlineData(".timeindex")]
    public async Task A_missing_index_is_made_anew(string suffix)
    {
        byte[] before = await IndexAfterCloseAsync(suffix);
        _device.DeleteFile(SegmentPath(0, suffix));
        await _test.OpenAsync();
        await _test.DisposeAsync();

        Assert.NotEmpty(before);
        Assert.Equal(before, AtomicFile.Read(_device, SegmentPath(0, suffix)));
    }

    [Theory]
    [InlineData(".index", 7)]
    [InlineData(".index", -1)]
    [InlineData(".timeindex", 13)]
    [InlineData(".timeindex", -1)]
    public async Task A_wrong_index_is_made_anew(string suffix, int keptBytes)
    {
        byte[] before = await IndexAfterCloseAsync(suffix);
        _device.Corrupt(SegmentPath(0, suffix), bytes => keptBytes < 0 ? [.. bytes, .. new byte[24]] : bytes[..keptBytes]);
        await _test.OpenAsync();
        await _test.DisposeAsync();

        Assert.Equal(before, AtomicFile.Read(_device, SegmentPath(0, suffix)));
    }

    [Fact]
    public async Task Epochs_are_found_again_in_the_batches()
    {
        await _test.OpenAsync();
        for (int i = 0; i < 30; i++) _test.Append(TestBatch.Of(1, valueBytes: 100), epoch: i / 10);
        _test.Log.Flush();
        _device.Crash();
        _device.DeleteFile(Path.Combine(_test.Folder, "leader-epoch-checkpoint"));
        await _test.OpenAsync();

        for (int epoch = 0; epoch < 3; epoch++)
            Assert.Equal(new Offset(10 * (epoch + 1)), _test.Log.EndOffsetFor(new LeaderEpoch(epoch)).EndOffset);
    }

    [Fact]
    public async Task A_spoiled_epoch_file_is_replaced_from_the_batches()
    {
        await AppendAsync(30);
        await _test.DisposeAsync();
        _device.Corrupt(Path.Combine(_test.Folder, "leader-epoch-checkpoint"), static _ => "nonsense"u8.ToArray());

        await _test.OpenAsync();

        Assert.Equal(new LeaderEpoch(0), _test.Log.LatestEpoch);
        Assert.Equal(new Offset(30), _test.Log.EndOffset);
    }

    [Fact]
    public async Task Leftovers_of_deletions_and_unfinished_compactions_are_removed_and_finished_ones_put_in_place()
    {
        await AppendAsync(40);
        await _test.DisposeAsync();
        byte[] first = AtomicFile.Read(_device, SegmentPath(0, ".log"))!;
        Put(SegmentPath(0, ".log") + ".swap", first);
        Put(SegmentPath(500, ".log") + ".cleaned", [1, 2, 3]);
        Put(SegmentPath(600, ".log") + ".deleted", [1, 2, 3]);
        _device.CreateDirectory("/data/gone-0.0123456789abcdef0123456789abcdef-delete");

        await _test.OpenAsync();

        Assert.Equal(new Offset(40), _test.Log.EndOffset);
        Assert.Equal(first, AtomicFile.Read(_device, SegmentPath(0, ".log")));
        Assert.DoesNotContain(_device.AllFiles(), static path => path.EndsWith("ed", StringComparison.Ordinal) || path.EndsWith(".swap", StringComparison.Ordinal));
        Assert.DoesNotContain(_device.ListDirectories("/data"), static name => name.EndsWith("-delete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_segment_of_the_old_message_format_is_refused_and_not_cut()
    {
        await AppendAsync(1);
        _device.Crash();
        byte[] message = new byte[80];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(8), message.Length - 12);
        message[16] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(12), Crc32.HashToUInt32(message.AsSpan(16)));
        _device.Corrupt(SegmentPath(0, ".log"), _ => message);

        StorageException refused = await Assert.ThrowsAsync<StorageException>(_test.OpenAsync);

        Assert.Contains("old format", refused.Message, StringComparison.Ordinal);
        Assert.Equal(message, AtomicFile.Read(_device, SegmentPath(0, ".log")));
    }

    private static byte[] Flipped(byte[] bytes, int position)
    {
        bytes[position] ^= 0x40;
        return bytes;
    }

    private async Task AppendAsync(int batches)
    {
        await _test.OpenAsync();
        for (int i = 0; i < batches; i++) _test.Append(TestBatch.Of(1, timestampMs: 1_000 + i, valueBytes: 150));
    }

    private async Task<byte[]> IndexAfterCloseAsync(string suffix)
    {
        await AppendAsync(40);
        await _test.DisposeAsync();
        return AtomicFile.Read(_device, SegmentPath(0, suffix))!;
    }

    private void Put(string path, byte[] content)
    {
        using IStorageFile file = _device.OpenFile(path, FileOpening.OrCreate);
        file.Write(0, content);
    }

    private string SegmentPath(long baseOffset, string suffix) => new SegmentFiles(_test.Folder, new Offset(baseOffset))[suffix];
}
