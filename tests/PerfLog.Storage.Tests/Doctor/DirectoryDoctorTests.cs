using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Storage.Doctor;
using PerfLog.Testing.Storage;
using Xunit.Abstractions;

namespace PerfLog.Storage.Tests.Doctor;

public sealed class DirectoryDoctorTests(ITestOutputHelper output)
{
    private const int Batches = 40;
    private const string First = "topic-0/00000000000000000000";

    private static readonly LogOptions Options = new() { SegmentBytes = 1_500, IndexIntervalBytes = 100, RetentionMs = -1 };

    private readonly FakeTimeProvider _time = TestDirectory.Clock();
    private readonly FaultyDevice _device = new(3, TestDirectory.Clock());
    private bool _isPlain;

    [Fact]
    public async Task A_sound_directory_has_no_problems_after_a_clean_stop_and_after_a_crash()
    {
        await FillAsync();
        Examination clean = Examine();
        Assert.Empty(clean.Findings);
        Assert.Equal((1, Batches), (clean.Logs, clean.GoodBatches));

        TestDirectory test = await TestDirectory.OpenAsync(_device, _time, Options);
        test.Append(TestBatch.Of(1));
        test.Log.Flush();
        _device.Crash();

        Assert.False(Examine().HasProblems);
    }

    [Fact]
    public async Task Epochs_that_were_never_flushed_are_no_problem_after_the_process_was_killed()
    {
        _device.SurvivalPercent = 100;
        TestDirectory test = await TestDirectory.OpenAsync(_device, _time, Options);
        test.Append(TestBatch.Of(1));
        _device.Crash();

        Examination killed = Examine();
        Assert.Equal((false, 1), (killed.HasProblems, killed.GoodBatches));
    }

    [Theory]
    [InlineData(First + ".log", 70, "no good batch: a batch's checksum is wrong; good ones follow from offset 1", "takes these bytes out", "offsets 0 to 0")]
    [InlineData(First + ".log", 16, "no good batch: the format is", "takes these bytes out", "offsets 0 to 0")]
    [InlineData(First + ".log", 6, "past the start of the next segment", "takes these bytes out", "offsets 0 to 0")]
    [InlineData(First + ".index", 7, "where no batch starts", "writes it anew from the log file", "nothing")]
    [InlineData(First + ".index", 0, "its entry 1 goes back", "writes it anew from the log file", "nothing")]
    [InlineData(First + ".timeindex", 7, "goes back in time", "writes it anew from the log file", "nothing")]
    [InlineData("topic-0/leader-epoch-checkpoint", 4, "fields instead of 2", "writes it anew from the batches", "nothing was written")]
    [InlineData("topic-0/leader-epoch-checkpoint", 0, "version", "writes it anew from the batches", "nothing was written")]
    [InlineData("topic-0/partition.metadata", 20, "no id", "removes it", "the topic's id")]
    [InlineData("recovery-point-offset-checkpoint", 0, "version", "writes it anew, empty", "reads every log whole")]
    [InlineData("log-start-offset-checkpoint", 2, "entries", "writes it anew, empty", "which records were deleted")]
    [InlineData("replication-offset-checkpoint", 0, "version", "writes it anew, empty", "committed")]
    public async Task A_spoiled_byte_is_found_named_and_repaired(string file, int position, string what, string repair, string loss)
    {
        await FillAsync();
        Flip(file, position);

        Finding problem = FirstProblem(file);

        Assert.Contains(what, problem.What, StringComparison.Ordinal);
        Assert.StartsWith(repair, problem.Repair, StringComparison.Ordinal);
        Assert.Contains(loss, problem.Loss, StringComparison.Ordinal);
        await RepairAndCheckAsync(batchesLostMax: file.EndsWith(".log", StringComparison.Ordinal) ? 1 : 0);
    }

    [Theory]
    [InlineData(".index")]
    [InlineData(".timeindex")]
    public async Task A_missing_index_is_found_and_made_anew(string suffix)
    {
        await FillAsync();
        _device.DeleteFile("/data/" + First + suffix);

        Assert.Equal("it is missing", FirstProblem(First + suffix).What);
        await RepairAndCheckAsync(batchesLostMax: 0);
        Assert.True(_device.FileExists("/data/" + First + suffix));
    }

    [Fact]
    public async Task A_torn_tail_is_told_from_bytes_that_were_on_the_disk_once()
    {
        await FillAsync();
        string last = LastLog();
        _device.Corrupt(last, static bytes => bytes[..^10]);
        Finding spoiled = FirstProblem(last["/data/".Length..]);
        Assert.Contains("was on the disk once", spoiled.What, StringComparison.Ordinal);
        Assert.Equal("cuts the file there", spoiled.Repair);

        AtomicFile.Write(_device, "/data/recovery-point-offset-checkpoint", "0\n1\ntopic 0 1\n");

        Assert.Contains("as a crash may leave it", FirstProblem(last["/data/".Length..]).What, StringComparison.Ordinal);
        await RepairAndCheckAsync(batchesLostMax: 1);
    }

    [Fact]
    public async Task A_lost_segment_is_told_and_its_index_goes()
    {
        await FillAsync();
        string second = _device.AllFiles().Where(static path => path.EndsWith(".log", StringComparison.Ordinal)).Skip(1).First();
        _device.DeleteFile(second);

        Examination found = Examine();

        Assert.Contains(found.Findings, static finding => finding.What.Contains("are missing before it", StringComparison.Ordinal) && finding.Repair is null);
        Assert.Contains(found.Findings, static finding => finding.What == "it belongs to a segment whose log file is gone");
    }

    [Fact]
    public async Task A_producer_snapshot_with_a_wrong_checksum_goes()
    {
        await FillAsync(static i => TestBatch.From(7, 0, i));
        string snapshot = _device.AllFiles().Last(static path => path.EndsWith(".snapshot", StringComparison.Ordinal));
        Flip(snapshot["/data/".Length..], 12);

        Assert.Contains("checksum", FirstProblem(snapshot["/data/".Length..]).What, StringComparison.Ordinal);
        TestDirectory test = await RepairAndCheckAsync(batchesLostMax: 0);

        Assert.True(test.Append(TestBatch.From(7, 0, Batches - 1)).Duplicate);
    }

    [Fact]
    public async Task A_spoiled_transaction_index_is_made_anew_from_the_markers()
    {
        await FillAsync(static i => i % 2 == 0 ? TestBatch.From(7, 0, i / 2, isTransactional: true) : TestBatch.Marker(7, 0, isCommit: false));
        Flip(First + ".txnindex", 25);

        Assert.Contains("goes back", FirstProblem(First + ".txnindex").What, StringComparison.Ordinal);
        TestDirectory test = await RepairAndCheckAsync(batchesLostMax: 0);

        IReadOnlyList<AbortedTransaction> aborted = test.Log.AbortedTransactions(Offset.Zero, new Offset(Batches));
        Assert.Equal(Enumerable.Range(0, Batches / 2).Select(static i => (2L * i, (2L * i) + 1)), aborted.Select(static each => (each.FirstOffset.Value, each.LastOffset.Value)));
    }

    [Fact]
    public async Task Good_batches_behind_bad_ones_are_salvaged_into_a_new_directory_that_opens()
    {
        await FillAsync();
        byte[] original = AtomicFile.Read(_device, "/data/" + First + ".log")!;
        _device.Corrupt("/data/" + First + ".log", static bytes =>
        {
            bytes.AsSpan(200, 300).Fill(0xEE);
            return bytes;
        });
        byte[] damaged = AtomicFile.Read(_device, "/data/" + First + ".log")!;

        using (DirectoryDoctor doctor = Open())
        {
            (int logs, long batches) = doctor.Salvage(doctor.Examine(static _ => { }), "/saved");
            Assert.Equal((1, true), (logs, batches is >= Batches - 5 and < Batches));
        }

        Assert.Equal(damaged, AtomicFile.Read(_device, "/data/" + First + ".log"));
        Assert.NotEqual(original, damaged);
        TestDirectory saved = await TestDirectory.OpenAsync(_device, _time, Options, "/saved");
        CheckRecords(saved, batchesLostMax: 5);
        await saved.DisposeAsync();
        Assert.Throws<StorageException>(() =>
        {
            using DirectoryDoctor doctor = Open();
            doctor.Salvage(doctor.Examine(static _ => { }), "/saved");
        });
    }

    [Fact]
    public async Task A_checkpoint_past_the_logs_end_is_set_right()
    {
        await FillAsync();
        AtomicFile.Write(_device, "/data/recovery-point-offset-checkpoint", "0\n1\ntopic 0 999\n");

        Assert.Equal("it says 999 of topic-0, which ends at 40", FirstProblem("recovery-point-offset-checkpoint").What);
        await RepairAndCheckAsync(batchesLostMax: 0);
    }

    [Fact]
    public async Task A_directory_in_use_and_one_that_is_not_there_cannot_be_examined()
    {
        await using TestDirectory test = await TestDirectory.OpenAsync(_device, _time, Options);

        Assert.Throws<DirectoryLockedException>(Open);
        Assert.Throws<StorageException>(() => DirectoryDoctor.Open(_device, "/nowhere", _time));
    }

    /// <summary>Goal: whichever bit of a log file turns, the repair loses no other batch, and what is left opens.</summary>
    [Fact]
    public async Task Any_bit_of_any_log_file_may_turn()
    {
        int seed = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_SEED") ?? "77");
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        await FillAsync();
        string[] logs = [.. _device.AllFiles().Where(static path => path.EndsWith(".log", StringComparison.Ordinal))];
        Dictionary<string, byte[]> before = _device.AllFiles().ToDictionary(static path => path, path => AtomicFile.Read(_device, path)!);
        for (int run = 0; run < 200; run++)
        {
            string log = logs[random.Next(logs.Length)];
            int position = random.Next(before[log].Length), bit = random.Next(8);

            // Nothing in a directory says what the last batch's offset and epoch were.
            if (log == logs[^1] && IsUnguarded(before[log], position)) continue;
            _device.Corrupt(log, bytes =>
            {
                bytes[position] ^= (byte)(1 << bit);
                return bytes;
            });

            output.WriteLine($"{log}: bit {bit} of byte {position}");
            Repair();
            TestDirectory test = await TestDirectory.OpenAsync(_device, _time, Options);
            CheckRecords(test, batchesLostMax: 1);
            await test.DisposeAsync();
            foreach (string path in _device.AllFiles().Where(path => !before.ContainsKey(path))) _device.DeleteFile(path);
            foreach ((string path, byte[] bytes) in before) AtomicFile.Write(_device, path, bytes);
        }
    }

    private static bool IsUnguarded(byte[] log, int position)
    {
        RecordBatchReader batches = new(log);
        int start = 0;
        while (batches.MoveNext()) start = batches.Position - batches.Current.SizeBytes;
        return position >= start && position < start + RecordBatchLayout.Magic;
    }

    private async Task FillAsync(Func<int, Memory<byte>>? batch = null)
    {
        _isPlain = batch is null;
        await using TestDirectory test = await TestDirectory.OpenAsync(_device, _time, Options);
        for (int i = 0; i < Batches; i++) test.Append(batch?.Invoke(i) ?? BatchAt(i));
        Assert.True(test.Log.SegmentCount > 2);
    }

    private static Memory<byte> BatchAt(int i) => KeyedBatch.Of(1_000 + i, ($"key-{i}", $"value-{i}"));

    private Examination Examine()
    {
        using DirectoryDoctor doctor = Open();
        return doctor.Examine(static _ => { });
    }

    private DirectoryDoctor Open() => DirectoryDoctor.Open(_device, "/data", _time);

    private Finding FirstProblem(string path)
    {
        Examination found = Examine();
        return found.Findings.FirstOrDefault(finding => finding.Severity == FindingSeverity.Problem && finding.Path == path)
            ?? throw new InvalidOperationException($"{path} has no problem: {string.Join("; ", found.Findings)}");
    }

    private void Repair()
    {
        using DirectoryDoctor doctor = Open();
        Examination before = doctor.Examine(static _ => { });
        doctor.Repair(before);
        Examination after = doctor.Examine(static _ => { });
        Assert.DoesNotContain(after.Findings, static finding => finding is { Severity: FindingSeverity.Problem, Repair: not null });
    }

    private async Task<TestDirectory> RepairAndCheckAsync(int batchesLostMax)
    {
        Repair();
        TestDirectory test = await TestDirectory.OpenAsync(_device, _time, Options);
        Assert.Empty(test.Directory.Damaged);
        if (_isPlain) CheckRecords(test, batchesLostMax);
        return test;
    }

    private static void CheckRecords(TestDirectory test, int batchesLostMax)
    {
        List<KeyedRecord> records = KeyedBatch.Read(test.ReadAll());
        Assert.InRange(records.Count, Batches - batchesLostMax, Batches);
        Assert.All(records, static record => Assert.Equal(
            ($"key-{record.Offset}", $"value-{record.Offset}", 1_000 + record.Offset), (record.Key, record.Value, record.TimestampMs)));
    }

    private string LastLog() => _device.AllFiles().Last(static path => path.EndsWith(".log", StringComparison.Ordinal));

    private void Flip(string file, int position) => _device.Corrupt("/data/" + file, bytes =>
    {
        bytes[position] ^= 0x10;
        return bytes;
    });
}
