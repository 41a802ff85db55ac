using System.Text;
using FsCheck.Xunit;
using PerfLog.Protocol.Hot;
using PerfLog.Protocol.Messages;
using PerfLog.Protocol.Tests.Schemas;
using PerfLog.Wire;

namespace PerfLog.Protocol.Tests.Hot;

public sealed class ProduceResponseWriterTests
{
    private const int CorrelationId = 77;

    /// <summary>Goal: the pieces add up to what the message class writes, in every version.</summary>
    [Property(MaxTest = 50)]
    public void The_pieces_are_the_message(int seed)
    {
        MessageCase of = MessageCase.Of(nameof(ProduceResponse));
        foreach (short version in of.Versions)
        {
            ProduceResponse response = (ProduceResponse)RandomMessage.Create(of, version, new Random(seed));
            Assert.Equal(Convert.ToHexString(Whole(response, version)), Convert.ToHexString(InPieces(response, version)));
        }
    }

    [Fact]
    public void Writing_a_response_allocates_nothing()
    {
        byte[] buffer = new byte[1000];
        Write(buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++) Write(buffer);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Write(byte[] buffer)
    {
        WireWriter writer = new(buffer);
        ProduceResponseWriter pieces = new(11);
        ProducedPartition partition = new(3, ErrorCode.None, 42) { LogStartOffset = 1, LeaderId = 4, LeaderEpoch = 5 };
        int size = pieces.HeadSize(1) + pieces.TopicSize(5, 1) + pieces.PartitionSize(partition) + pieces.TopicEndSize + pieces.TailSize();
        pieces.WriteHead(ref writer, CorrelationId, 1);
        pieces.WriteTopic(ref writer, "topic"u8, default, 1);
        pieces.WritePartition(ref writer, partition);
        pieces.WriteTopicEnd(ref writer);
        pieces.WriteTail(ref writer, 0);
        if (writer.Position != size) throw new InvalidOperationException($"{writer.Position} of {size}");
    }

    private static byte[] Whole(ProduceResponse response, short version)
    {
        byte[] bytes = new byte[ResponseFrame.Size(response, version)];
        WireWriter writer = new(bytes);
        ResponseFrame.Write(ref writer, response, version, CorrelationId, bytes.Length);
        return bytes[RequestFrame.LengthBytes..];
    }

    private static byte[] InPieces(ProduceResponse response, short version)
    {
        ProduceResponseWriter pieces = new(version);
        WireWriter writer = new(new byte[100_000]);
        int size = pieces.HeadSize(response.Responses.Count);
        pieces.WriteHead(ref writer, CorrelationId, response.Responses.Count);
        foreach (ProduceResponse.TopicProduceResponse topic in response.Responses)
        {
            byte[] name = Encoding.UTF8.GetBytes(topic.Name);
            size += pieces.TopicSize(name.Length, topic.PartitionResponses.Count) + pieces.TopicEndSize;
            pieces.WriteTopic(ref writer, name, topic.TopicId, topic.PartitionResponses.Count);
            foreach (ProduceResponse.PartitionProduceResponse partition in topic.PartitionResponses)
            {
                size += pieces.PartitionSize(Piece(partition));
                pieces.WritePartition(ref writer, Piece(partition));
            }

            pieces.WriteTopicEnd(ref writer);
        }

        size += pieces.TailSize(response.NodeEndpoints);
        pieces.WriteTail(ref writer, response.ThrottleTimeMs, response.NodeEndpoints);
        Assert.Equal(size, writer.Position);
        return writer.Written.ToArray();
    }

    private static ProducedPartition Piece(ProduceResponse.PartitionProduceResponse partition) =>
        new(partition.Index, partition.ErrorCode, partition.BaseOffset)
        {
            LogAppendTimeMs = partition.LogAppendTimeMs,
            LogStartOffset = partition.LogStartOffset,
            ErrorMessage = partition.ErrorMessage,
            RecordErrors = partition.RecordErrors.Count == 0 ? null : partition.RecordErrors,
            LeaderId = partition.CurrentLeader.LeaderId,
            LeaderEpoch = partition.CurrentLeader.LeaderEpoch,
        };
}
