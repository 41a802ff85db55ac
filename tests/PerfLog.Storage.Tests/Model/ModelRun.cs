using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Model;

/// <summary>The log disagrees with the model: what it says, and the seed and step to see it again.</summary>
public sealed class ModelMismatchException(string what) : Exception(what);

/// <summary>
/// Does random things to a log and to the model, and compares after each. One seed makes one run. A device that cannot
/// crash is stopped cleanly in its place.
/// </summary>
internal sealed class ModelRun(
    int seed, IStorageDevice device, FakeTimeProvider time, string path = "/data", WritePath writePath = WritePath.Cached)
{
    private const long RetentionMs = 60_000;

    private static readonly LogOptions Options = new()
    {
        SegmentBytes = 1_500,
        SegmentIndexBytes = 240,
        IndexIntervalBytes = 150,
        RetentionMs = RetentionMs,
        FileDeleteDelayMs = 1_000,
    };

    private readonly Random _random = new(seed);
    private readonly ModelLog _model = new();
    private int _epoch;
    private string _lastStep = "opening";

    /// <summary>Whether segments are laid out beforehand.</summary>
    public bool Preallocates { get; init; }

    public async Task RunAsync(int steps)
    {
        LogOptions options = Options with { WritePath = writePath, Preallocate = Preallocates };
        TestDirectory test = await TestDirectory.OpenAsync(device, time, options, path);
        for (int step = 0; step < steps; step++)
        {
            await StepAndCheckAsync(test, step);
        }

        await test.DisposeAsync();
    }

    private async Task StepAndCheckAsync(TestDirectory test, int step)
    {
        try
        {
            await StepAsync(test);
            Check(test);
        }
        catch (Exception mismatch)
        {
            throw new ModelMismatchException($"seed {seed}, step {step} ({_lastStep}): {mismatch.Message}");
        }
    }

    private async Task StepAsync(TestDirectory test)
    {
        time.Advance(TimeSpan.FromMilliseconds(_random.Next(500)));
        int dice = _random.Next(100);
        switch (dice)
        {
            case < 55: Append(test); break;
            case < 65: Flush(test); break;
            case < 72: Housekeep(test); break;
            case < 78: DeleteRecords(test); break;
            case < 83: Truncate(test); break;
            case < 84: StartAnew(test); break;
            case < 90: await RestartAsync(test); break;
            case < 95: await CrashAsync(test); break;
            default: await CrashInsideAsync(test); break;
        }
    }

    private void Append(TestDirectory test)
    {
        _lastStep = "append";
        if (_random.Next(10) == 0) _epoch++;
        Memory<byte> batch = TestBatch.Of(1 + _random.Next(4), test.Now.Value - _random.Next(200), _random.Next(120));
        AppendResult result = test.Append(batch, _epoch);
        Require(result.Error == ErrorCode.None, $"append answered {result.Error}: {test.Directory.Failure}");
        Require(result.BaseOffset.Value == _model.End, $"append at {result.BaseOffset} instead of {_model.End}");
        _model.Append(batch);
    }

    private void Flush(TestDirectory test)
    {
        _lastStep = "flush";
        test.Log.Flush();
        _model.Flushed();
    }

    private void Housekeep(TestDirectory test)
    {
        _lastStep = "housekeeping";
        if (_random.Next(3) == 0) time.Advance(TimeSpan.FromMilliseconds(RetentionMs / 2));
        test.Housekeep();
        Require(!test.Directory.IsOffline, $"offline: {test.Directory.Failure}");
        long start = test.Log.LogStartOffset.Value;
        foreach (ModelBatch removed in _model.Batches.Where(batch => batch.Last >= _model.Start && batch.Last < start))
            Require(removed.TimestampMs < test.Now.Value - RetentionMs, $"retention took the young batch at {removed.Base}");
        _model.StartAt(start);
    }

    private void DeleteRecords(TestDirectory test)
    {
        _lastStep = "delete records";
        long offset = _random.NextInt64(_model.Start, _model.End + 1);
        DeleteRecordsResult result = test.Log.DeleteRecordsBefore(new Offset(offset));
        Require(result == new DeleteRecordsResult(ErrorCode.None, new Offset(offset)), $"delete before {offset}: {result}");
        _model.StartAt(offset);
    }

    private void Truncate(TestDirectory test)
    {
        _lastStep = "truncate";
        long offset = _model.BatchStartAtOrAfter(_random.NextInt64(_model.Start, _model.End + 1));
        test.Log.TruncateTo(new Offset(offset));
        _model.TruncateTo(offset);
    }

    private void StartAnew(TestDirectory test)
    {
        _lastStep = "start anew";
        long offset = _model.End + _random.Next(50);
        test.Log.TruncateFullyAndStartAt(new Offset(offset));
        _model.StartAnewAt(offset);
    }

    private async Task RestartAsync(TestDirectory test)
    {
        _lastStep = "restart";
        await test.RestartAsync();
        _model.Flushed();
    }

    private async Task CrashAsync(TestDirectory test)
    {
        if (device is not FaultyDevice faulty)
        {
            await RestartAsync(test);
            return;
        }

        _lastStep = "crash";
        faulty.Crash();
        await test.ReopenAfterCrashAsync();
        CheckSurvivors(test);
    }

    // The power goes off in the middle of something: what was under way happened in part.
    private async Task CrashInsideAsync(TestDirectory test)
    {
        if (device is not FaultyDevice faulty) return;
        faulty.ChangesUntilPowerLoss = _random.Next(12);
        await DoAndFailAsync(test);
        faulty.Crash();
        await test.ReopenAfterCrashAsync();
        CheckSurvivors(test);
    }

    private async Task DoAndFailAsync(TestDirectory test)
    {
        try
        {
            switch (_random.Next(5))
            {
                case 0: AppendInterrupted(test); break;
                case 1: Interrupted("flush", () => test.Log.Flush()); break;
                case 2: Interrupted("housekeeping", test.Housekeep); break;
                case 3: TruncateInterrupted(test); break;
                default:
                    _lastStep = "crash inside closing";
                    await test.DisposeAsync();
                    break;
            }
        }
        catch (IOException)
        {
            // The injected failure, or that the directory went offline by it.
        }

        // Housekeeping may have got as far as moving the start.
        if (test.Log.LogStartOffset.Value > _model.Start) _model.StartAt(test.Log.LogStartOffset.Value);
    }

    private void Interrupted(string what, Action action)
    {
        _lastStep = "crash inside " + what;
        action();
    }

    private void AppendInterrupted(TestDirectory test)
    {
        _lastStep = "crash inside append";
        Memory<byte> batch = TestBatch.Of(1 + _random.Next(4), test.Now.Value, _random.Next(120));
        test.Append(batch, _epoch);

        // Not acknowledged, it may survive all the same.
        _model.Append(TestBatch.Numbered(batch, _model.End, _epoch));
    }

    private void TruncateInterrupted(TestDirectory test)
    {
        _lastStep = "crash inside truncate";
        long offset = _model.BatchStartAtOrAfter(_random.NextInt64(_model.Start, _model.End + 1));
        _model.DurableUpTo(offset);
        test.Log.TruncateTo(new Offset(offset));
    }

    private void CheckSurvivors(TestDirectory test)
    {
        long start = test.Log.LogStartOffset.Value, end = test.Log.EndOffset.Value;
        Require(end >= _model.DurableEnd, $"the crash took flushed records: end {end}, flushed up to {_model.DurableEnd}");
        Require(end <= _model.End, $"the crash brought records: end {end}, appended up to {_model.End}");
        Require(start <= _model.Start, $"the start went from {_model.Start} to {start}");
        _model.TruncateTo(end);

        // The start is as old as its checkpoint; what lies before it in the surviving segment may be seen again.
        _model.StartAt(start);
        _model.Flushed();
        test.Log.AdvanceHighWatermark(test.Log.EndOffset);
    }

    private void Check(TestDirectory test)
    {
        CheckBounds(test);
        CheckSomeRead(test);
        if (_lastStep is not "append" || _random.Next(20) == 0) CheckAll(test);
        CheckTime(test);
    }

    private void CheckBounds(TestDirectory test)
    {
        Require(test.Log.EndOffset.Value == _model.End, $"end {test.Log.EndOffset}, expected {_model.End}");
        Require(test.Log.LogStartOffset.Value == _model.Start, $"start {test.Log.LogStartOffset}, expected {_model.Start}");
        ErrorCode beyond = test.Log.Read(new Offset(_model.End + 1), 100, new Offset(long.MaxValue), true).Error;
        Require(beyond == ErrorCode.OffsetOutOfRange, $"reading past the end answered {beyond}");
    }

    private void CheckSomeRead(TestDirectory test)
    {
        if (_model.Start == _model.End) return;
        long from = _random.NextInt64(_model.Start, _model.End);
        long bound = _random.NextInt64(from, _model.End + 1);
        int maxBytes = _random.Next(3_000);
        byte[] read = test.Read(from, maxBytes, bound);
        ModelBatch[] expected = [.. _model.From(from).TakeWhile(batch => batch.Last < bound)];
        Compare(from, read, expected);
        Require(read.Length > 0 || expected.Length == 0, $"read at {from} below {bound} found nothing");
        Require(read.Length <= Math.Max(maxBytes, expected.FirstOrDefault()?.Bytes.Length ?? 0), $"read at {from} is too long");
    }

    private void CheckAll(TestDirectory test)
    {
        List<byte> all = [];
        for (long next = _model.Start; next < _model.End;)
        {
            byte[] piece = test.Read(next);
            Require(piece.Length > 0, $"nothing at {next}, before the end {_model.End}");
            all.AddRange(piece);
            next = LastBatch(piece).NextOffset.Value;
        }

        byte[] expected = [.. _model.Start == _model.End ? [] : _model.From(_model.Start).SelectMany(static batch => batch.Bytes)];
        Require(all.SequenceEqual(expected), $"all from {_model.Start}: {all.Count} bytes, expected {expected.Length}");
    }

    private void CheckTime(TestDirectory test)
    {
        TimestampMs wanted = new(test.Now.Value - _random.Next(5_000));
        ModelBatch? expected = _model.Start == _model.End
            ? null
            : _model.From(_model.Start).FirstOrDefault(batch => batch.TimestampMs >= wanted.Value);
        long? expectedOffset = expected is null ? null : Math.Max(expected.Base, _model.Start);
        OffsetAtTime? found = test.Log.FindByTimestamp(wanted);
        Require(found?.Offset.Value == expectedOffset, $"time {wanted}: offset {found?.Offset}, expected {expectedOffset}");
    }

    private static void Compare(long from, byte[] read, ModelBatch[] expected)
    {
        int at = 0;
        foreach (ModelBatch batch in expected)
        {
            if (at == read.Length) return;
            bool isSame = read.Length - at >= batch.Bytes.Length && read.AsSpan(at, batch.Bytes.Length).SequenceEqual(batch.Bytes);
            Require(isSame, $"read at {from}: byte {at} does not start the batch at {batch.Base}");
            at += batch.Bytes.Length;
        }

        Require(at == read.Length, $"read at {from}: {read.Length - at} bytes too many");
    }

    private static RecordBatchView LastBatch(byte[] bytes)
    {
        RecordBatchReader reader = new(bytes);
        while (reader.MoveNext() && reader.Position < bytes.Length)
        {
        }

        return reader.Current;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ModelMismatchException(otherwise);
    }
}
