using Microsoft.Extensions.Logging;
using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Compacts logs, one after the other: of the records with one key the last one stays, offsets never change. It holds the
/// memory for that. One thread at a time; several compactors may work on different logs, and one log takes one run at a time.
/// </summary>
public sealed partial class LogCompactor : IDisposable
{
    private readonly CompactionTools _tools;
    private readonly ILogger _logger;

    /// <summary>With its settings for good.</summary>
    /// <param name="settings">What it may use.</param>
    /// <param name="time">The clock of its throttle.</param>
    /// <param name="seed">Any number that clients do not know: it keeps them from making keys that are mistaken for one another.</param>
    /// <param name="logger">Told of each run.</param>
    public LogCompactor(CompactionSettings settings, TimeProvider time, long seed, ILogger logger)
        : this(settings, new CompactionThrottle(time), seed, logger)
    {
    }

    internal LogCompactor(CompactionSettings settings, CompactionThrottle throttle, long seed, ILogger logger)
    {
        _logger = logger;
        _tools = new CompactionTools(
            settings,
            new OffsetMap(settings.DedupeBufferBytes, settings.LoadFactor, seed),
            new SegmentChunks(settings.IoBufferBytes),
            new GrowingBuffer(0),
            new GrowingBuffer(0),
            new RecordBatchReducer(),
            throttle);
    }

    /// <summary>Compacts what may be compacted of a log now, whatever the share of it and the log's policy.</summary>
    /// <returns>What was done; null when there was nothing to do, another run is at it, or the log was cut or closed meanwhile.</returns>
    /// <exception cref="CorruptLogException">A batch is damaged. The log stays as it is, and is not compacted until it is opened again.</exception>
    /// <exception cref="IOException">Writing failed, for one because the disk is full. The log stays as it is.</exception>
    public async Task<CompactionResult?> CompactAsync(PartitionLog log, CancellationToken cancellation = default)
    {
        LogState state = log.State;
        if (state.Compaction.Fault is not null || !state.Compaction.TryStart()) return null;
        try
        {
            return await RunAsync(log, cancellation);
        }
        catch (CorruptLogException damage)
        {
            // A segment that was cut or deleted while it was read looks damaged, too.
            if (state.IsClosed || state.Surroundings.Failure.IsOffline) return null;
            state.Compaction.Fault = damage.Message;
            throw;
        }
        catch (Exception fault) when (fault is not (IOException or OperationCanceledException))
        {
            // Tried again, it would fail again.
            state.Compaction.Fault = fault.Message;
            throw;
        }
        finally
        {
            Release();
            state.Compaction.Finish();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tools.Scratch.Dispose();
        _tools.Pending.Dispose();
        _tools.Reducer.Dispose();
    }

    private async Task<CompactionResult?> RunAsync(PartitionLog log, CancellationToken cancellation)
    {
        LogState state = log.State;
        TimestampMs now = TimestampMs.Now(state.Surroundings.Time);
        CompactionBounds bounds = log.PrepareCompaction(now);
        if (bounds.End <= bounds.FirstDirty) return null;

        CompactionResult? result = await new CompactionRun(state, _tools, bounds, now, cancellation).RunAsync();
        if (result is null) return null;
        state.Surroundings.SaveCleanedOffsets();
        state.Compaction.Last = result;
        LogCompacted(_logger, log.Partition, result.FirstDirty, result.CleanedUpTo, result.RecordsRead, result.RecordsKept,
            result.SegmentsReplaced, result.SegmentsWritten, (long)result.Duration.TotalMilliseconds);
        return result;
    }

    private void Release()
    {
        _tools.Map.Release();
        _tools.Chunks.Release();
        _tools.Scratch.Reset(0);
        _tools.Pending.Reset(0);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition} compacted from {FirstDirty} to {CleanedUpTo}: of {Read} records {Kept} "
        + "stay, {Replaced} segments became {Written}, {Milliseconds} ms")]
    private static partial void LogCompacted(
        ILogger logger, TopicPartition partition, Offset firstDirty, Offset cleanedUpTo, long read, long kept, int replaced, int written, long milliseconds);
}
