using System.Collections.Concurrent;
using Confluent.Kafka;

namespace PerfLog.Interop.Groups;

/// <summary>
/// A consumer of Confluent.Kafka in a group, on a thread of its own: notes what it reads and which partitions it has, and
/// commits when it is told to. Disposed, it leaves its group.
/// </summary>
internal sealed class GroupMember : IDisposable
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<ConsumeResult<string?, string>> _read = new();
    private readonly IConsumer<string?, string> _consumer;
    private readonly Thread _thread;
    private readonly bool _commitsEach;
    private volatile bool _leaves = true;
    private Exception? _failure;
    private HashSet<int> _partitions = [];

    public GroupMember(string address, string group, string topic, Action<ConsumerConfig>? configure = null, bool commitsEach = true)
    {
        _commitsEach = commitsEach;
        var config = new ConsumerConfig
        {
            BootstrapServers = address,
            GroupId = group,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            SessionTimeoutMs = 3_000,
            HeartbeatIntervalMs = 200,
            TopicMetadataRefreshIntervalMs = 500,
        };
        configure?.Invoke(config);
        bool isIncremental = config.GroupProtocol == GroupProtocol.Consumer || config.PartitionAssignmentStrategy == PartitionAssignmentStrategy.CooperativeSticky;
        _consumer = new ConsumerBuilder<string?, string>(config)
            .SetPartitionsAssignedHandler((_, assigned) => Take(assigned.Select(static place => place.Partition.Value), isIncremental))
            .SetPartitionsRevokedHandler((_, revoked) => GiveUp(revoked.Select(static place => place.Partition.Value)))
            .SetPartitionsLostHandler((_, lost) => GiveUp(lost.Select(static place => place.Partition.Value)))
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler((_, error) => { if (error.IsFatal) _failure ??= new KafkaException(error); })
            .Build();
        _consumer.Subscribe(topic);
        _thread = new Thread(Run) { IsBackground = true, Name = $"member of {group}" };
        _thread.Start();
    }

    /// <summary>The partitions that it has now.</summary>
    public IReadOnlySet<int> Partitions => Volatile.Read(ref _partitions);

    /// <summary>How often it was given partitions, none included.</summary>
    public int Assignments { get; private set; }

    public IReadOnlyCollection<ConsumeResult<string?, string>> Read => _read;

    public string MemberId => _consumer.MemberId;

    /// <summary>What ended it against its will.</summary>
    public Exception? Failure => _failure;

    /// <summary>Ends without telling its group, as static members do.</summary>
    public void Stop()
    {
        _leaves = false;
        Dispose();
    }

    public void Dispose()
    {
        if (_stopping.IsCancellationRequested) return;
        _stopping.Cancel();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (!_stopping.IsCancellationRequested) Poll();
            if (_leaves) _consumer.Close();
        }
        catch (Exception error)
        {
            _failure ??= error;
        }

        _consumer.Dispose();
    }

    private void Poll()
    {
        try
        {
            if (_consumer.Consume(PollTime) is not { } record) return;
            _read.Enqueue(record);
            if (_commitsEach) _consumer.Commit(record);
        }
        catch (KafkaException error) when (!error.Error.IsFatal)
        {
            // A commit in a rebalance, or a topic that is not there yet: the record comes again, to whoever is next.
        }
    }

    private void Take(IEnumerable<int> partitions, bool isIncremental)
    {
        Volatile.Write(ref _partitions, isIncremental ? [.. _partitions, .. partitions] : [.. partitions]);
        Assignments++;
    }

    private void GiveUp(IEnumerable<int> partitions) => Volatile.Write(ref _partitions, [.. _partitions.Except(partitions)]);
}
