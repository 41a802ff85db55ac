using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Storage.Tests.Model;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Compaction;

/// <summary>
/// Appends keys, tombstones and transactions to a log, compacts it, and cuts the power, all at random from one seed; after
/// each step the log must hold what the model says.
/// </summary>
internal sealed class CompactionModelRun(int seed, IStorageDevice device, FakeTimeProvider time, string path = "/data")
{
    private const int Producers = 3;
    private const int Keys = 12;

    private static readonly LogOptions Options = new()
    {
        SegmentBytes = 900,
        SegmentIndexBytes = 240,
        IndexIntervalBytes = 150,
        CleanupPolicy = CleanupPolicies.Compact,
        DeleteRetentionMs = 3_000,
        FileDeleteDelayMs = 1_000,
    };

    private readonly Random _random = new(seed);
    private readonly CompactionModel _model = new();
    private readonly Dictionary<long, long> _open = [];
    private readonly Dictionary<long, int> _sequences = [];
    private string _lastStep = "opening";

    public async Task RunAsync(int steps)
    {
        TestDirectory test = await TestDirectory.OpenAsync(device, time, Options, path);
        test.Housekeep();
        for (int step = 0; step < steps; step++)
        {
            try
            {
                time.Advance(TimeSpan.FromMilliseconds(_random.Next(300)));
                await StepAsync(test);
                Check(test);
            }
            catch (Exception mismatch)
            {
                throw new ModelMismatchException($"seed {seed}, step {step} ({_lastStep}): {mismatch.Message}");
            }
        }

        await test.DisposeAsync();
    }

    private async Task StepAsync(TestDirectory test)
    {
        switch (_random.Next(100))
        {
            case < 45: Append(test, ProducerId.None); break;
            case < 60: AppendInTransaction(test); break;
            case < 68: EndTransaction(test); break;
            case < 74: Flush(test); break;
            case < 78: test.Housekeep(); break;
            case < 88: await CompactAsync(test); break;
            case < 92: await RestartAsync(test); break;
            case < 95: await CrashAsync(test); break;
            default: await CrashInsideCompactionAsync(test); break;
        }
    }

    private void Append(TestDirectory test, ProducerId producer)
    {
        _lastStep = "append";
        (string?, string?)[] records = [.. Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => NextRecord())];
        BatchProperties properties = new()
        {
            Codec = (CompressionCodec)_random.Next(5),
            ProducerId = producer,
            ProducerEpoch = (short)(producer == ProducerId.None ? -1 : 0),
            BaseSequence = producer == ProducerId.None ? -1 : _sequences.GetValueOrDefault(producer.Value),
            IsTransactional = producer != ProducerId.None,
        };
        Memory<byte> batch = KeyedBatch.Of(test.Now, properties, records);
        AppendResult result = test.Append(batch);
        Require(result.Error == ErrorCode.None, $"append answered {result.Error}: {test.Directory.Failure}");
        Require(result.BaseOffset.Value == _model.End, $"append at {result.BaseOffset} instead of {_model.End}");
        _model.Append(batch.Span);
        if (producer != ProducerId.None) _sequences[producer.Value] = _sequences.GetValueOrDefault(producer.Value) + records.Length;
    }

    private (string?, string?) NextRecord() =>
        ($"key-{_random.Next(Keys)}", _random.Next(5) == 0 ? null : new string((char)('a' + _random.Next(26)), _random.Next(60)));

    private void AppendInTransaction(TestDirectory test)
    {
        long producer = 1 + _random.Next(Producers);
        _open.TryAdd(producer, _model.End);
        Append(test, new ProducerId(producer));
    }

    private void EndTransaction(TestDirectory test)
    {
        if (_open.Count == 0) return;
        long producer = _open.Keys.ElementAt(_random.Next(_open.Count));
        bool isCommit = _random.Next(2) == 0;
        _lastStep = isCommit ? "commit" : "abort";
        _open.Remove(producer, out long from);
        Memory<byte> marker = TestBatch.Marker(producer, 0, isCommit, timestampMs: test.Now.Value);
        test.Append(marker);
        if (!isCommit) _model.Abort(producer, from);
        _model.Append(marker.Span);
    }

    private void Flush(TestDirectory test)
    {
        _lastStep = "flush";
        test.Log.Flush();
        _model.Flushed();
    }

    private async Task CompactAsync(TestDirectory test)
    {
        _lastStep = "compact";
        _model.Compacting(test.Log.State.Active.BaseOffset.Value);
        int slots = _random.Next(3) == 0 ? 6 : 1_000;
        await test.CompactAsync(new CompactionSettings { DedupeBufferBytes = 24 * slots, IoBufferBytes = 64 + _random.Next(500) });
    }

    private async Task RestartAsync(TestDirectory test)
    {
        _lastStep = "restart";
        await test.RestartAsync();
        _model.Flushed();
        test.Log.AdvanceHighWatermark(test.Log.EndOffset);
    }

    private async Task CrashAsync(TestDirectory test)
    {
        if (device is not FaultyDevice faulty) return;
        _lastStep = "crash";
        await CrashAndReopenAsync(test, faulty);
    }

    private async Task CrashInsideCompactionAsync(TestDirectory test)
    {
        if (device is not FaultyDevice faulty) return;
        faulty.ChangesUntilPowerLoss = _random.Next(40);
        try
        {
            await CompactAsync(test);
        }
        catch (IOException)
        {
            // The power went off.
        }

        _lastStep = "crash inside compact";
        await CrashAndReopenAsync(test, faulty);
    }

    private async Task CrashAndReopenAsync(TestDirectory test, FaultyDevice faulty)
    {
        faulty.Crash();
        await test.ReopenAfterCrashAsync();
        _model.Crashed(test.Log.EndOffset.Value);
        test.Log.AdvanceHighWatermark(test.Log.EndOffset);
        foreach (long producer in _open.Keys.Where(producer => _open[producer] >= _model.End).ToList()) _open.Remove(producer);
        TakeOverProducers(test);
    }

    // The lost tail may have held sequences, markers and whole transactions.
    private void TakeOverProducers(TestDirectory test)
    {
        _sequences.Clear();
        _open.Clear();
        foreach (ProducerDescription each in test.Log.DescribeProducers())
        {
            _sequences[each.ProducerId.Value] = each.LastSequence + 1;
            if (each.TransactionFirstOffset != Offset.None) _open[each.ProducerId.Value] = each.TransactionFirstOffset.Value;
        }
    }

    private void Check(TestDirectory test)
    {
        Require(!test.Directory.IsOffline, $"offline: {test.Directory.Failure}");
        Require(test.Log.EndOffset.Value == _model.End, $"end {test.Log.EndOffset}, expected {_model.End}");
        CompactionModel.CompareReads(test, _random);
        if (_lastStep != "append" || _random.Next(10) == 0) _model.Compare(test, test.Log.LastStableOffset.Value);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ModelMismatchException(otherwise);
    }
}
