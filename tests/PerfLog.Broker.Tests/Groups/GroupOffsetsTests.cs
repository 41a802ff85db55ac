using FsCheck.Xunit;
using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>Goal: in whatever order writes are completed, memory is what a reader of the log would make of it.</summary>
public sealed class GroupOffsetsTests
{
    private const int Partitions = 3;

    /// <param name="log">For each record of the log: its partition, whether it is a removal, and when it is completed.</param>
    [Property(MaxTest = 500)]
    public void The_record_that_is_later_in_the_log_holds((byte Partition, bool IsRemoval, byte CompletedAs)[] log)
    {
        var offsets = new GroupOffsets();
        for (int write = 0; write < log.Length; write++) offsets.BeginWrite();

        foreach (int place in Enumerable.Range(0, log.Length).OrderBy(place => log[place].CompletedAs))
        {
            Apply(offsets, log[place], place);
            offsets.EndWrite();
        }

        for (int partition = 0; partition < Partitions; partition++)
        {
            int last = Array.FindLastIndex(log, record => record.Partition % Partitions == partition);
            bool isThere = offsets.TryGet(At(partition), out CommittedOffset found);
            Assert.Equal(last >= 0 && !log[last].IsRemoval, isThere);
            if (isThere) Assert.Equal(last, found.Offset.Value);
        }

        Assert.Equal(offsets.Count, offsets.All.Count());
    }

    private static void Apply(GroupOffsets offsets, (byte Partition, bool IsRemoval, byte) record, int place)
    {
        TopicPartition partition = At(record.Partition % Partitions);
        var where = new Offset(place);
        if (record.IsRemoval) offsets.Remove(partition, where);
        else offsets.Put(partition, new CommittedOffset(where, LeaderEpoch.None, "", TimestampMs.None, TimestampMs.None, where));
    }

    private static TopicPartition At(int partition) => new("t", partition);
}
