using System.Collections.Concurrent;
using PerfLog.Client.Consuming;
using PerfLog.Records;

namespace PerfLog.Interop.Groups;

/// <summary>
/// A consumer of PerfLog's own client in a group whose broker assigns, with a loop of its own: notes what it reads and which partitions it
/// has, and commits after each poll. Disposed, it leaves its group.
/// </summary>
internal sealed class OwnMember : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _values = new();
    private readonly Consumer<None, string> _consumer;
    private readonly Task _running;
    private volatile bool _stops;
    private HashSet<int> _partitions = [];

    public OwnMember(string address, string group, string topic, Action<string>? read = null, Action<IReadOnlySet<int>>? has = null)
    {
        _consumer = new Consumer<None, string>(new ConsumerOptions
        {
            BootstrapServers = address,
            GroupId = group,
            GroupProtocol = Client.Consuming.GroupProtocol.Consumer,
            AutoOffsetReset = OffsetReset.Earliest,
            EnableAutoCommit = false,
        });
        _consumer.Subscribe([topic]);
        _running = RunAsync(read, has);
    }

    /// <summary>The partitions that it has now.</summary>
    public IReadOnlySet<int> Partitions => Volatile.Read(ref _partitions);

    public IReadOnlyCollection<string> ReadValues => _values;

    /// <summary>Ends when it is disposed, or fails with what ended it.</summary>
    public Task Running => _running;

    public async ValueTask DisposeAsync()
    {
        if (_stops) return;
        _stops = true;
        _consumer.Wakeup();
        await _running;
        await _consumer.DisposeAsync();
    }

    private async Task RunAsync(Action<string>? read, Action<IReadOnlySet<int>>? has)
    {
        while (!_stops)
        {
            try
            {
                await PollAsync(read);
            }
            catch (WakeupException)
            {
                return;
            }
            catch (ConsumeException failure) when (failure.Error is ErrorCode.StaleMemberEpoch or ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId)
            {
                // A commit of a member that was given up meanwhile: the records come again, to whoever is next.
            }

            HashSet<int> partitions = [.. _consumer.Assignment.Select(static partition => partition.Partition)];
            if (partitions.SetEquals(_partitions)) continue;
            Volatile.Write(ref _partitions, partitions);
            has?.Invoke(partitions);
        }
    }

    private async Task PollAsync(Action<string>? read)
    {
        using ConsumedBatch<None, string> batch = await _consumer.PollAsync(TimeSpan.FromMilliseconds(50));
        foreach (ConsumedRecord<None, string> record in batch)
        {
            _values.Enqueue(record.Value);
            read?.Invoke(record.Value);
        }

        if (batch.Count > 0) await _consumer.CommitAsync();
    }
}
