using System.Text;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>The log disagrees with the model: what it says, and the step to see it again.</summary>
public sealed class RecordLogMismatchException(string what) : Exception(what);

/// <summary>Does things to a record log, through its public members only, and to a list, and compares them.</summary>
internal sealed class RecordLogModelRun(int seed, FaultyDevice device, FakeTimeProvider time)
{
    private static readonly LogOptions Options = new()
    {
        SegmentBytes = 4_000,
        MaxMessageBytes = 3_500,
        IndexIntervalBytes = 200,
        RetentionMs = -1,
        FileDeleteDelayMs = 500,
    };

    private readonly Random _random = new(seed);
    private readonly List<string> _records = [];
    private RecordLog? _log;
    private int _durable;
    private int _start;
    private int _steps;

    private RecordLog Log => _log!;

    // A directory that a crash left behind is not disposed; its timers must not go off and write beside its successor.
    private static readonly TimeSpan Never = TimeSpan.FromDays(20);

    public async Task OpenAsync()
    {
        LogDirectoryOptions options = EmbeddedLog.Options(device, time) with
        {
            BatchBytes = 1_200,
            BufferBytes = 5_000,
            OpeningThreads = 1,
            HousekeepingInterval = Never,
            CompactionInterval = Never,
        };
        _log = await RecordLog.OpenAsync(EmbeddedLog.Directory, Options, options);
    }

    public async Task StepAsync(int step)
    {
        _steps++;
        time.Advance(TimeSpan.FromMilliseconds(_random.Next(300)));
        switch (step)
        {
            case < 35: Accept(); break;
            case < 50: await AppendAsync(Acknowledgement.Written); break;
            case < 65: await AppendAsync(Acknowledgement.Flushed); break;
            case < 70: await AppendBatchAsync(); break;
            case < 76: Log.Flush(); _durable = _records.Count; break;
            case < 82: Truncate(); break;
            case < 86: await DeleteAsync(); break;
            case < 90: await RestartAsync(); break;
            case < 96: await CrashAsync(); break;
            default: await FailAsync(); break;
        }

        await Log.SettleAsync();
        Check("after the step");
    }

    public async Task CloseAsync()
    {
        await Log.DisposeAsync();
        await OpenAsync();
        Check("after closing");
        await Log.DisposeAsync();
    }

    private void Accept()
    {
        for (int i = _random.Next(1, 30); i > 0; i--) Expect(Log.Append(null, Noted(Next())));
    }

    private async Task AppendAsync(Acknowledgement acknowledgement)
    {
        Expect(await Log.AppendAsync(OptionalBytes.Null, Encoding.UTF8.GetBytes(Noted(Next())), acknowledgement));
        if (acknowledgement == Acknowledgement.Flushed) _durable = _records.Count;
        Check("at the acknowledgement");
    }

    private async Task AppendBatchAsync()
    {
        string first = Noted(Next()), second = Noted(Next());
        Offset last = await Log.AppendBatchAsync(KeyedBatch.Of(1_000, ("key", first), ("key", second)), Acknowledgement.Flushed);
        Expect(last);
        _durable = _records.Count;
    }

    private void Truncate()
    {
        int wanted = _random.Next(_start, _records.Count + 1);
        int end = (int)Log.TruncateTo(new Offset(wanted)).Value;
        Require(end <= wanted && end >= _start, $"the cut at {wanted} left the end at {end}");
        _records.RemoveRange(end, _records.Count - end);
        _durable = end;
    }

    private async Task DeleteAsync()
    {
        await Log.SettleAsync();
        _start = _random.Next(_start, _records.Count + 1);
        Log.DeleteBefore(new Offset(_start));
    }

    private async Task RestartAsync()
    {
        await Log.DisposeAsync();
        _durable = _records.Count;
        await OpenAsync();
    }

    private async Task CrashAsync()
    {
        device.Crash();
        await OpenAsync();
        CheckSurvivors();
    }

    // The disk fails at some change, in the middle of appends at every level; then the power goes.
    private async Task FailAsync()
    {
        device.ChangesUntilPowerLoss = _random.Next(10);
        int appends = _random.Next(1, 12);
        List<(string Text, Acknowledgement Level, ValueTask<Offset> Append)> under = [];
        try
        {
            for (int i = 0; i < appends; i++)
            {
                string text = Next();
                Acknowledgement level = (Acknowledgement)_random.Next(3);
                _records.Add(text);
                under.Add((text, level, Log.AppendAsync(OptionalBytes.Null, Encoding.UTF8.GetBytes(text), level)));
            }
        }
        catch (StorageException)
        {
            _records.RemoveAt(_records.Count - 1);
        }

        foreach ((string text, Acknowledgement level, ValueTask<Offset> append) in under)
        {
            try
            {
                int offset = (int)(await append).Value;
                Require(_records[offset] == text, $"offset {offset} was answered for another record");
                if (level == Acknowledgement.Flushed) _durable = Math.Max(_durable, offset + 1);
            }
            catch (DirectoryOfflineException)
            {
                // Not acknowledged: it may be there or not.
            }
        }

        await EndWritingAsync();
        device.Crash();
        await OpenAsync();
        CheckSurvivors();
    }

    // A power loss ends a process with its threads; here they would go on, and open files of the directory that follows.
    private async Task EndWritingAsync()
    {
        try
        {
            await Log.SettleAsync();
        }
        catch (DirectoryOfflineException)
        {
            // What was not written is lost.
        }
    }

    private void CheckSurvivors()
    {
        int start = (int)Log.LogStartOffset.Value, end = (int)Log.EndOffset.Value;
        Require(end >= _durable, $"the end is {end}, and {_durable} were acknowledged as flushed");
        Require(end <= _records.Count, $"the end is {end}, and only {_records.Count} were appended");
        Require(start <= _start, $"the start went from {_start} to {start}");
        _records.RemoveRange(end, _records.Count - end);

        // The start is as old as its checkpoint; deleted records may be seen again, but never others in their place.
        _start = start;
        _durable = end;
        Check("after the crash");
    }

    private void Check(string when)
    {
        Require(Log.LogStartOffset.Value == _start, $"{when} the start is {Log.LogStartOffset}, expected {_start}");
        int next = _start, end = (int)Log.EndOffset.Value;
        foreach (RecordView record in Log.Read(new Offset(_start)))
        {
            Require(record.Offset.Value == next, $"{when} offset {record.Offset} comes where {next} should");
            Require(EmbeddedLog.Text(record.Value) == _records[next], $"{when} record {next} is another one");
            next++;
        }

        Require(next >= end, $"{when} reading ended at {next}, before the end {end}");
        Require(Log.FlushedOffset.Value >= Math.Min(_durable, _records.Count), $"{when} {Log.FlushedOffset} are said to be flushed, and {_durable} were acknowledged so");
    }

    private string Next() => $"{_steps}/{_random.Next()}/{new string('x', _random.Next(10) == 0 ? _random.Next(1_500) : _random.Next(60))}";

    private string Noted(string text)
    {
        _records.Add(text);
        return text;
    }

    private void Expect(Offset last) =>
        Require(last.Value == _records.Count - 1, $"offset {last} was given to record {_records.Count - 1}");

    private void Require(bool holds, string otherwise)
    {
        if (!holds) throw new RecordLogMismatchException($"seed {seed}, step {_steps}: {otherwise}");
    }
}
