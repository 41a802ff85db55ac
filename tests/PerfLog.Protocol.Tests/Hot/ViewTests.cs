using System.Text;
using FsCheck.Xunit;
using PerfLog.Protocol.Messages;
using PerfLog.Protocol.Tests.Schemas;

namespace PerfLog.Protocol.Tests.Hot;

/// <summary>Goal: a view says what the message class says, without allocating, and refuses what the class refuses.</summary>
public sealed class ViewTests
{
    [Property(MaxTest = 50)]
    public void A_produce_view_says_what_the_class_says(int seed)
    {
        MessageCase of = MessageCase.Of(nameof(ProduceRequest));
        foreach (short version in of.Versions)
        {
            ProduceRequest expected = (ProduceRequest)RandomMessage.Create(of, version, new Random(seed));
            byte[] body = ReferenceEncoder.Encode(expected, of.Schema, version, unknownTags: true);
            Assert.True(ProduceRequestView.TryRead(body, version, out ProduceRequestView view));
            Assert.Null(Difference.Find(expected, Copy(view, body)));
        }
    }

    [Property(MaxTest = 50)]
    public void A_fetch_view_says_what_the_class_says(int seed)
    {
        MessageCase of = MessageCase.Of(nameof(FetchRequest));
        foreach (short version in of.Versions)
        {
            FetchRequest expected = (FetchRequest)RandomMessage.Create(of, version, new Random(seed));
            byte[] body = ReferenceEncoder.Encode(expected, of.Schema, version, unknownTags: true);
            Assert.True(FetchRequestView.TryRead(body, version, out FetchRequestView view));
            Assert.Null(Difference.Find(expected, Copy(view)));
        }
    }

    [Property(MaxTest = 5)]
    public void A_body_cut_off_anywhere_is_refused(int seed)
    {
        foreach (MessageCase of in new[] { MessageCase.Of(nameof(ProduceRequest)), MessageCase.Of(nameof(FetchRequest)) })
        {
            foreach (short version in of.Versions) AssertCutsAreRefused(of, version, new Random(seed));
        }
    }

    [Property(MaxTest = 20)]
    public void A_body_with_changed_bytes_is_walked_without_an_exception(int seed)
    {
        Random random = new(seed);
        foreach (MessageCase of in new[] { MessageCase.Of(nameof(ProduceRequest)), MessageCase.Of(nameof(FetchRequest)) })
        {
            foreach (short version in of.Versions)
            {
                byte[] body = of.Write(RandomMessage.Create(of, version, random), version);
                for (int round = 0; round < 10; round++)
                {
                    body[random.Next(body.Length)] = (byte)random.Next(256);
                    Walk(of, body, version);
                }
            }
        }
    }

    [Fact]
    public void Versions_that_do_not_exist_are_refused()
    {
        Assert.False(ProduceRequestView.TryRead(new byte[100], 14, out _));
        Assert.False(FetchRequestView.TryRead(new byte[100], -1, out _));
    }

    [Fact]
    public void Walking_a_view_allocates_nothing()
    {
        MessageCase of = MessageCase.Of(nameof(ProduceRequest));
        MessageCase fetch = MessageCase.Of(nameof(FetchRequest));
        byte[] produceBody = of.Write(RandomMessage.Create(of, 9, new Random(5)), 9);
        byte[] fetchBody = fetch.Write(RandomMessage.Create(fetch, 12, new Random(5)), 12);
        Walk(of, produceBody, 9);
        Walk(fetch, fetchBody, 12);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            Walk(of, produceBody, 9);
            Walk(fetch, fetchBody, 12);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertCutsAreRefused(MessageCase of, short version, Random random)
    {
        byte[] body = of.Write(RandomMessage.Create(of, version, random), version);
        for (int length = 0; length < body.Length; length++) Assert.Equal(-1, Walk(of, body.AsSpan(0, length), version));
    }

    /// <summary>Walks all of a view; -1 when the body is refused.</summary>
    private static long Walk(MessageCase of, ReadOnlySpan<byte> body, short version)
    {
        long sum = 0;
        if (of.Schema.Name == nameof(ProduceRequest))
        {
            if (!ProduceRequestView.TryRead(body, version, out ProduceRequestView produce)) return -1;
            foreach (ProduceRequestView.TopicProduceData topic in produce.TopicData)
            {
                foreach (ProduceRequestView.PartitionProduceData partition in topic.PartitionData) sum += partition.Records.Length;
            }

            return sum;
        }

        if (!FetchRequestView.TryRead(body, version, out FetchRequestView fetch)) return -1;
        foreach (FetchRequestView.FetchTopic topic in fetch.Topics)
        {
            foreach (FetchRequestView.FetchPartition partition in topic.Partitions) sum += partition.Partition & 1;
        }

        foreach (FetchRequestView.ForgottenTopic topic in fetch.ForgottenTopicsData)
        {
            foreach (int partition in topic.Partitions) sum += partition & 1;
        }

        return sum;
    }

    private static ProduceRequest Copy(ProduceRequestView view, byte[] body)
    {
        ProduceRequest copy = new() { TransactionalId = Text(view.TransactionalId, view.TransactionalIdIsNull), Acks = view.Acks, TimeoutMs = view.TimeoutMs };
        foreach (ProduceRequestView.TopicProduceData topic in view.TopicData)
        {
            ProduceRequest.TopicProduceData topicCopy = new() { Name = Encoding.UTF8.GetString(topic.Name), TopicId = topic.TopicId };
            copy.TopicData.Add(topicCopy);
            foreach (ProduceRequestView.PartitionProduceData partition in topic.PartitionData)
            {
                byte[]? records = partition.RecordsIsNull ? null : body.AsSpan(partition.RecordsStart, partition.Records.Length).ToArray();
                topicCopy.PartitionData.Add(new() { Index = partition.Index, Records = records });
            }
        }

        return copy;
    }

    private static FetchRequest Copy(FetchRequestView view)
    {
        FetchRequest copy = new()
        {
            ClusterId = Text(view.ClusterId, view.ClusterIdIsNull),
            ReplicaId = view.ReplicaId,
            ReplicaState = new() { ReplicaId = view.ReplicaState.ReplicaId, ReplicaEpoch = view.ReplicaState.ReplicaEpoch },
            MaxWaitMs = view.MaxWaitMs,
            MinBytes = view.MinBytes,
            MaxBytes = view.MaxBytes,
            IsolationLevel = view.IsolationLevel,
            SessionId = view.SessionId,
            SessionEpoch = view.SessionEpoch,
            RackId = Encoding.UTF8.GetString(view.RackId),
        };
        foreach (FetchRequestView.FetchTopic topic in view.Topics) copy.Topics.Add(Copy(topic));
        foreach (FetchRequestView.ForgottenTopic topic in view.ForgottenTopicsData)
        {
            FetchRequest.ForgottenTopic topicCopy = new() { Topic = Encoding.UTF8.GetString(topic.Topic), TopicId = topic.TopicId };
            foreach (int partition in topic.Partitions) topicCopy.Partitions.Add(partition);
            copy.ForgottenTopicsData.Add(topicCopy);
        }

        return copy;
    }

    private static FetchRequest.FetchTopic Copy(FetchRequestView.FetchTopic topic)
    {
        FetchRequest.FetchTopic copy = new() { Topic = Encoding.UTF8.GetString(topic.Topic), TopicId = topic.TopicId };
        foreach (FetchRequestView.FetchPartition partition in topic.Partitions)
        {
            copy.Partitions.Add(new()
            {
                Partition = partition.Partition,
                CurrentLeaderEpoch = partition.CurrentLeaderEpoch,
                FetchOffset = partition.FetchOffset,
                LastFetchedEpoch = partition.LastFetchedEpoch,
                LogStartOffset = partition.LogStartOffset,
                PartitionMaxBytes = partition.PartitionMaxBytes,
                ReplicaDirectoryId = partition.ReplicaDirectoryId,
                HighWatermark = partition.HighWatermark,
            });
        }

        return copy;
    }

    private static string? Text(ReadOnlySpan<byte> utf8, bool isNull) => isNull ? null : Encoding.UTF8.GetString(utf8);
}
