using System.Buffers.Binary;
using PerfLog.Records;

namespace PerfLog.Server.Tests.Dump;

public sealed class IndexDumpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SegmentFiles _files;

    public IndexDumpTests()
    {
        _files = new SegmentFiles(_folder);
        for (int batch = 0; batch < 10; batch++) _files.Add(CompressionCodec.None, 1000 * (batch + 1), "k=v", "k=w", "k=x");
        _files.Save();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_offset_index_is_shown_without_the_zeros_that_fill_it_up()
    {
        ProgramRun run = await ProgramRun.OfAsync("dump-log", _files.OffsetIndexPath);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(10, run.Lines.Length);
        Assert.StartsWith("offset: 5 position: ", run.Lines[1]);
        Assert.StartsWith("offset: 29 position: ", run.Lines[9]);
    }

    [Fact]
    public async Task A_time_index_is_shown()
    {
        ProgramRun run = await ProgramRun.OfAsync("dump-log", _files.TimeIndexPath);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal("timestamp: 1000 offset: 2", run.Lines[1]);
        Assert.Equal("timestamp: 10000 offset: 29", run.Lines[^1]);
    }

    [Fact]
    public async Task A_sanity_check_shows_nothing_but_its_result()
    {
        ProgramRun run = await ProgramRun.OfAsync("dump-log", "--index-sanity-check", _files.OffsetIndexPath, _files.TimeIndexPath);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [$"Dumping {_files.OffsetIndexPath}", $"{_files.OffsetIndexPath} passed sanity check.",
                $"Dumping {_files.TimeIndexPath}", $"{_files.TimeIndexPath} passed sanity check."], run.Lines);
    }

    [Fact]
    public async Task Every_wrong_entry_of_an_offset_index_is_found_by_its_log()
    {
        byte[] right = File.ReadAllBytes(_files.OffsetIndexPath);
        for (int entry = 0; entry < 9; entry++)
        {
            byte[] wrong = [.. right];
            wrong[(8 * entry) + 7]++;
            File.WriteAllBytes(_files.OffsetIndexPath, wrong);

            ProgramRun run = await ProgramRun.OfAsync("dump-log", "--verify-index-only", _files.OffsetIndexPath);

            Assert.Equal(1, run.ExitCode);
            Assert.Contains($"{_files.OffsetIndexPath} at byte {8 * entry}: ", run.Errors);
        }
    }

    [Theory]
    [InlineData(+5000, "no record up to offset")]
    [InlineData(-500, "the log has")]
    public async Task A_wrong_time_is_found_by_the_log(int change, string expected)
    {
        byte[] bytes = File.ReadAllBytes(_files.TimeIndexPath);
        Span<byte> last = bytes.AsSpan(9 * 12);
        BinaryPrimitives.WriteInt64BigEndian(last, BinaryPrimitives.ReadInt64BigEndian(last) + change);
        File.WriteAllBytes(_files.TimeIndexPath, bytes);

        ProgramRun run = await ProgramRun.OfAsync("dump-log", "--verify-index-only", _files.TimeIndexPath);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Errors);
    }

    [Fact]
    public async Task Entries_out_of_order_fail_the_sanity_check()
    {
        byte[] bytes = File.ReadAllBytes(_files.OffsetIndexPath);
        bytes.AsSpan(8, 8).CopyTo(bytes.AsSpan(24));
        File.WriteAllBytes(_files.OffsetIndexPath, bytes);

        ProgramRun run = await ProgramRun.OfAsync("dump-log", "--index-sanity-check", _files.OffsetIndexPath);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("does not lie after the one before it", run.Errors);
        Assert.DoesNotContain("passed", run.Output);
    }

    [Fact]
    public async Task A_size_that_is_no_multiple_of_an_entry_is_told()
    {
        File.AppendAllBytes(_files.TimeIndexPath, [1]);

        ProgramRun run = await ProgramRun.OfAsync("dump-log", "--index-sanity-check", _files.TimeIndexPath);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no multiple of 12", run.Errors);
    }

    [Fact]
    public async Task A_producer_snapshot_is_shown_and_its_checksum_checked()
    {
        string path = _folder.File("00000000000000000030.snapshot");
        File.WriteAllBytes(path, SegmentFiles.ProducerSnapshot((7, 2, 99), (8, 0, 5)));
        ProgramRun intact = await ProgramRun.OfAsync("dump-log", path);
        SegmentFiles.Flip(path, 20);
        ProgramRun broken = await ProgramRun.OfAsync("dump-log", path);

        Assert.Equal(0, intact.ExitCode);
        Assert.StartsWith("producerId: 7 producerEpoch: 2 coordinatorEpoch: 0 currentTxnFirstOffset: OptionalLong.empty", intact.Lines[1]);
        Assert.Contains("lastSequence: 5", intact.Lines[2]);
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains($"{path} at byte 2: the checksum does not match the bytes", broken.Errors);
    }

    [Fact]
    public async Task A_transaction_index_is_shown_and_its_order_checked()
    {
        string path = _folder.File("00000000000000000000.txnindex");
        byte[] entries = new byte[2 * 34];
        foreach ((int at, long value) in new[] { (2, 7L), (10, 100), (18, 110), (26, 90), (36, 8), (44, 105), (52, 120), (60, 100) })
            BinaryPrimitives.WriteInt64BigEndian(entries.AsSpan(at), value);
        File.WriteAllBytes(path, entries);
        ProgramRun intact = await ProgramRun.OfAsync("dump-log", path);
        File.WriteAllBytes(path, [.. entries[34..], .. entries[..34]]);
        ProgramRun swapped = await ProgramRun.OfAsync("dump-log", path);

        Assert.Equal("version: 0 producerId: 7 firstOffset: 100 lastOffset: 110 lastStableOffset: 90", intact.Lines[1]);
        Assert.Equal((0, 1), (intact.ExitCode, swapped.ExitCode));
    }
}
