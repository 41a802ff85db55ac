using System.Text;
using FsCheck.Xunit;
using PerfLog.Protocol.Hot;
using PerfLog.Protocol.Messages;
using PerfLog.Protocol.Tests.Schemas;
using PerfLog.Wire;

namespace PerfLog.Protocol.Tests.Hot;

public sealed class FetchResponseWriterTests
{
    private const int CorrelationId = 78;

    /// <summary>Goal: the pieces with the records between them add up to what the message class writes, in every version.</summary>
    [Property(MaxTest = 50)]
    public void The_pieces_and_the_records_are_the_message(int seed)
    {
        MessageCase of = MessageCase.Of(nameof(FetchResponse));
        foreach (short version in of.Versions)
        {
            FetchResponse response = (FetchResponse)RandomMessage.Create(of, version, new Random(seed));
            ForgetSnapshots(response);
            Assert.Equal(Convert.ToHexString(Whole(response, version)), Convert.ToHexString(InPieces(response, version)));
        }
    }

    [Fact]
    public void Writing_a_response_allocates_nothing()
    {
        byte[] buffer = new byte[1000];
        AbortedTransaction[] aborted = [new(1, 2), new(3, 4)];
        Write(buffer, aborted);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++) Write(buffer, aborted);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Write(byte[] buffer, AbortedTransaction[] aborted)
    {
        WireWriter writer = new(buffer);
        FetchResponseWriter pieces = new(12);
        FetchedPartition partition = new(3, ErrorCode.None, 100) { HighWatermark = 7, ListsAborted = true, Aborted = aborted, DivergingEpoch = 2, DivergingEndOffset = 6 };
        int size = pieces.HeadSize(1) + pieces.TopicSize(5, 1) + pieces.PartitionPrefixSize(partition) + pieces.PartitionSuffixSize(partition) + pieces.TopicEndSize + pieces.TailSize();
        pieces.WriteHead(ref writer, CorrelationId, 0, ErrorCode.None, 9, 1);
        pieces.WriteTopic(ref writer, "topic"u8, default, 1);
        pieces.WritePartitionPrefix(ref writer, partition);
        pieces.WritePartitionSuffix(ref writer, partition);
        pieces.WriteTopicEnd(ref writer);
        pieces.WriteTail(ref writer);
        if (writer.Position != size) throw new InvalidOperationException($"{writer.Position} of {size}");
    }

    // Snapshots of a quorum's log are never fetched from this broker.
    private static void ForgetSnapshots(FetchResponse response)
    {
        foreach (FetchResponse.PartitionData partition in response.Responses.SelectMany(static topic => topic.Partitions)) partition.SnapshotId = new();
    }

    private static byte[] Whole(FetchResponse response, short version)
    {
        byte[] bytes = new byte[ResponseFrame.Size(response, version)];
        WireWriter writer = new(bytes);
        ResponseFrame.Write(ref writer, response, version, CorrelationId, bytes.Length);
        return bytes[RequestFrame.LengthBytes..];
    }

    private static byte[] InPieces(FetchResponse response, short version)
    {
        FetchResponseWriter pieces = new(version);
        WireWriter writer = new(new byte[100_000]);
        int size = pieces.HeadSize(response.Responses.Count);
        pieces.WriteHead(ref writer, CorrelationId, response.ThrottleTimeMs, response.ErrorCode, response.SessionId, response.Responses.Count);
        foreach (FetchResponse.FetchableTopicResponse topic in response.Responses)
        {
            byte[] name = Encoding.UTF8.GetBytes(topic.Topic);
            size += pieces.TopicSize(name.Length, topic.Partitions.Count) + pieces.TopicEndSize;
            pieces.WriteTopic(ref writer, name, topic.TopicId, topic.Partitions.Count);
            foreach (FetchResponse.PartitionData partition in topic.Partitions)
            {
                FetchedPartition piece = Piece(partition);
                size += pieces.PartitionPrefixSize(piece) + (partition.Records?.Length ?? 0) + pieces.PartitionSuffixSize(piece);
                pieces.WritePartitionPrefix(ref writer, piece);
                writer.WriteRaw(partition.Records);
                pieces.WritePartitionSuffix(ref writer, piece);
            }

            pieces.WriteTopicEnd(ref writer);
        }

        size += pieces.TailSize(response.NodeEndpoints);
        pieces.WriteTail(ref writer, response.NodeEndpoints);
        Assert.Equal(size, writer.Position);
        return writer.Written.ToArray();
    }

    private static FetchedPartition Piece(FetchResponse.PartitionData partition) =>
        new(partition.PartitionIndex, partition.ErrorCode, partition.Records?.Length ?? -1)
        {
            HighWatermark = partition.HighWatermark,
            LastStableOffset = partition.LastStableOffset,
            LogStartOffset = partition.LogStartOffset,
            PreferredReadReplica = partition.PreferredReadReplica,
            ListsAborted = partition.AbortedTransactions is not null,
            Aborted = partition.AbortedTransactions?.Select(static each => new AbortedTransaction(each.ProducerId, each.FirstOffset)).ToArray() ?? [],
            DivergingEpoch = partition.DivergingEpoch.Epoch,
            DivergingEndOffset = partition.DivergingEpoch.EndOffset,
            LeaderId = partition.CurrentLeader.LeaderId,
            LeaderEpoch = partition.CurrentLeader.LeaderEpoch,
        };
}
