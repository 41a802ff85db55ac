using PerfLog.Records;

namespace PerfLog.Server.Tests.Dump;

public sealed class LogDumpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SegmentFiles _files;

    public LogDumpTests() => _files = new SegmentFiles(_folder)
        .Add(CompressionCodec.None, 1000, "a=1", "b=2")
        .Add(CompressionCodec.Zstd, 2000, "c=3", "d=4", "e=5")
        .Save();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_batch_is_a_line_in_the_words_of_Kafkas_tool()
    {
        ProgramRun run = await ProgramRun.OfAsync("dump-log", _files.LogPath);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal($"Dumping {_files.LogPath}", run.Lines[0]);
        Assert.Equal("Log starting offset: 0", run.Lines[1]);
        Assert.StartsWith(
            "baseOffset: 0 lastOffset: 1 count: 2 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 " +
            "partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty " +
            "position: 0 CreateTime: 1000 size: ", run.Lines[2]);
        Assert.EndsWith(" isvalid: true", run.Lines[2]);
        Assert.StartsWith("baseOffset: 2 lastOffset: 4 count: 3 ", run.Lines[3]);
        Assert.Contains(" compresscodec: zstd ", run.Lines[3]);
        Assert.Equal(4, run.Lines.Length);
    }

    [Fact]
    public async Task Records_are_shown_with_and_without_their_data()
    {
        ProgramRun without = await ProgramRun.OfAsync("dump-log", "--deep-iteration", _files.LogPath);
        ProgramRun with = await ProgramRun.OfAsync("dump-log", "--print-data-log", "--files", _files.LogPath);

        Assert.Equal(["0", "1", "2", "3", "4"], RecordLines(without).Select(static line => line.Split(' ')[2]));
        Assert.Equal("| offset: 3 CreateTime: 2000 keySize: 1 valueSize: 1 sequence: -1 headerKeys: [h1,h2]", RecordLines(without)[3]);
        Assert.Equal("| offset: 3 CreateTime: 2000 keySize: 1 valueSize: 1 sequence: -1 headerKeys: [h1,h2] key: d payload: 4", RecordLines(with)[3]);
    }

    [Fact]
    public async Task A_changed_byte_is_named_with_file_and_position()
    {
        int secondBatch = PositionOfSecondBatch(await ProgramRun.OfAsync("dump-log", _files.LogPath));
        SegmentFiles.Flip(_files.LogPath, secondBatch + RecordBatchLayout.HeaderBytes + 3);

        ProgramRun run = await ProgramRun.OfAsync("dump-log", _files.LogPath);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{_files.LogPath} at byte {secondBatch}: the batch's checksum does not match its bytes", run.Errors);
        Assert.EndsWith(" isvalid: false", run.Lines[3]);
    }

    /// <summary>Wherever the file ends, a cut inside a batch is told and a cut between two is not.</summary>
    [Fact]
    public async Task A_file_cut_anywhere_is_told_unless_whole_batches_are_left()
    {
        int secondBatch = PositionOfSecondBatch(await ProgramRun.OfAsync("dump-log", _files.LogPath));
        byte[] whole = File.ReadAllBytes(_files.LogPath);
        for (int length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(_files.LogPath, whole[..length]);
            ProgramRun run = await ProgramRun.OfAsync("dump-log", "--deep-iteration", _files.LogPath);
            bool betweenBatches = length == 0 || length == secondBatch;
            // The first bytes of a batch are its offset and may be zeros, as reserved space is.
            int lastBatch = length > secondBatch ? secondBatch : 0;
            bool zeros = !whole.AsSpan(lastBatch..length).ContainsAnyExcept((byte)0);
            Assert.Equal(betweenBatches || zeros ? 0 : 1, run.ExitCode);
        }
    }

    [Fact]
    public async Task Reserved_space_at_the_end_is_no_fault()
    {
        File.AppendAllBytes(_files.LogPath, new byte[100_000]);

        ProgramRun run = await ProgramRun.OfAsync("dump-log", _files.LogPath);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("100000 bytes from position ", run.Lines[^1]);
    }

    [Theory]
    [InlineData(8, "the batch's length field says")]
    [InlineData(16, "magic is")]
    public async Task A_header_that_lies_is_told(int position, string expected)
    {
        byte[] bytes = File.ReadAllBytes(_files.LogPath);
        bytes[position] = 0xff;
        File.WriteAllBytes(_files.LogPath, bytes);

        ProgramRun run = await ProgramRun.OfAsync("dump-log", _files.LogPath);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{_files.LogPath} at byte 0: {expected}", run.Errors);
    }

    [Fact]
    public async Task A_dump_that_is_stopped_ends_with_the_batch_that_it_is_at()
    {
        const int Batches = 10_000;
        for (int i = 0; i < Batches; i++) _files.Add(CompressionCodec.None, 3000 + i, "k=v");
        _files.Save();

        ProgramRun log = await ProgramRun.StoppedAtAsync(static line => line.StartsWith("baseOffset: 5 ", StringComparison.Ordinal), "dump-log", _files.LogPath);

        Assert.Equal((130, "perflog: stopped."), (log.ExitCode, log.Errors.Trim()));
        // What was gathered with the line at which it was stopped, and perhaps one batch more.
        Assert.InRange(log.Lines.Length, 4, Batches / 10);
    }

    [Theory]
    [InlineData(".index", "offset: 5 ")]
    [InlineData(".timeindex", "timestamp: 3000 ")]
    public async Task A_dump_of_an_index_that_is_stopped_ends_with_the_entry_that_it_is_at(string suffix, string reached)
    {
        const int Batches = 10_000;
        for (int i = 0; i < Batches; i++) _files.Add(CompressionCodec.None, 3000 + i, "k=v");
        _files.Save();

        ProgramRun run = await ProgramRun.StoppedAtAsync(
            line => line.StartsWith(reached, StringComparison.Ordinal), "dump-log", Path.ChangeExtension(_files.LogPath, suffix));

        Assert.Equal((130, "perflog: stopped."), (run.ExitCode, run.Errors.Trim()));
        Assert.InRange(run.Lines.Length, 2, Batches / 5);
    }

    private static string[] RecordLines(ProgramRun run) => [.. run.Lines.Where(static line => line.StartsWith('|'))];

    private static int PositionOfSecondBatch(ProgramRun run)
    {
        string[] words = run.Lines[3].Split(' ');
        return int.Parse(words[Array.IndexOf(words, "position:") + 1]);
    }
}
