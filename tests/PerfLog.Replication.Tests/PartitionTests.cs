using Microsoft.Extensions.Logging.Abstractions;
using PerfLog.Storage;
using PerfLog.Testing.Storage;

namespace PerfLog.Replication.Tests;

public sealed class PartitionTests : IAsyncLifetime
{
    private static readonly TopicPartition Id = new("orders", 0);
    private static readonly BrokerId Self = new(0);

    private LogDirectory _directory = null!;
    private Partition _partition = null!;

    public async Task InitializeAsync()
    {
        var settings = new LogDirectorySettings { Path = "/logs", ClusterId = "cluster", BrokerId = Self, Random = new Random(1) };
        _directory = await LogDirectory.OpenAsync(
            settings, new MemoryDevice(TimeProvider.System), static _ => LogOptions.Default, TimeProvider.System, NullLogger.Instance);
        _partition = new Partition(Id, new Uuid(1, 2), _directory.Create(Id, new Uuid(1, 2), LogOptions.Default));
    }

    public async Task DisposeAsync() => await _directory.DisposeAsync();

    [Fact]
    public async Task The_only_replica_in_sync_commits_what_it_appends_and_tells_who_waits()
    {
        _partition.BecomeLeader(new PartitionLeadership(Self, new LeaderEpoch(3), 1));
        var waiter = new Waiter();
        _partition.Waiters.Add(new PartitionWait(), waiter);

        AppendResult result = await _partition.AppendAsLeaderAsync(Batch(records: 2), insyncReplicasMin: 1);

        Assert.Equal((ErrorCode.None, new Offset(0), new Offset(2)), (result.Error, result.BaseOffset, result.NextOffset));
        Assert.Equal(new Offset(2), _partition.HighWatermark);
        Assert.Equal(1, waiter.Told);
    }

    [Fact]
    public async Task Too_few_replicas_in_sync_refuse_an_append_before_it_is_written()
    {
        _partition.BecomeLeader(new PartitionLeadership(Self, new LeaderEpoch(0), 1));

        AppendResult result = await _partition.AppendAsLeaderAsync(Batch(records: 1), insyncReplicasMin: 2);

        Assert.Equal(ErrorCode.NotEnoughReplicas, result.Error);
        Assert.Equal(Offset.Zero, _partition.Log.EndOffset);
    }

    [Fact]
    public async Task With_others_in_sync_an_append_alone_commits_nothing()
    {
        _partition.BecomeLeader(new PartitionLeadership(Self, new LeaderEpoch(0), 2));

        await _partition.AppendAsLeaderAsync(Batch(records: 1), insyncReplicasMin: 0);

        Assert.Equal(new Offset(1), _partition.Log.EndOffset);
        Assert.Equal(Offset.Zero, _partition.HighWatermark);
    }

    [Theory]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(5, ErrorCode.None)]
    [InlineData(4, ErrorCode.FencedLeaderEpoch)]
    [InlineData(6, ErrorCode.UnknownLeaderEpoch)]
    public void A_client_with_another_epoch_is_told_who_is_behind(int clientEpoch, ErrorCode expected)
    {
        _partition.BecomeLeader(new PartitionLeadership(Self, new LeaderEpoch(5), 1));

        Assert.Equal(expected, _partition.CheckEpoch(new LeaderEpoch(clientEpoch)));
    }

    private static Memory<byte> Batch(int records) => TestBatch.Of(records);

    private sealed class Waiter : IPartitionWaiter
    {
        public int Told { get; private set; }

        public void OnProgress() => Told++;
    }
}
