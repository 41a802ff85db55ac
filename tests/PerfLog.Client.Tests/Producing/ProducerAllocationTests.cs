using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Producing;
using PerfLog.Client.Tests.Scripted;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Producing;

public sealed class ProducerAllocationTests
{
    [Fact]
    public async Task Sending_a_record_allocates_nothing_once_the_batches_are_there()
    {
        const int Records = 20_000;
        const int RoundsMax = 20;
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using (AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = broker.BootstrapServers }))
            await admin.CreateTopicAsync(new NewTopic("t", Partitions: 1));
        await using Producer<None, ReadOnlyMemory<byte>> producer = new(ProducerOptions.Classic(broker.BootstrapServers));
        byte[] value = new byte[100];
        await producer.SendAsync("t", default, value);
        for (int round = 0; round < 5; round++)
        {
            for (int index = 0; index < Records; index++) await producer.Send("t", default, value);
            await producer.FlushAsync();
        }

        // A round may need more batches at once than any before it, and a queue of the thread pool may grow at any time. What
        // each record allocates, were it one object, shows in every round: the best one counts, and less than a byte is none.
        long least = long.MaxValue;
        for (int round = 0; round < RoundsMax && least >= Records; round++)
        {
            least = Math.Min(least, Allocated(producer, value, Records));
            await producer.FlushAsync();
        }

        Assert.InRange(least, 0, Records - 1);
    }

    [Fact]
    public async Task Neither_a_request_nor_its_answer_allocates_anything_once_the_batches_are_there()
    {
        const int Records = 4_000;
        const int RoundsMax = 20;
        using AnsweringLinks links = new();
        await using Producer<None, ReadOnlyMemory<byte>> producer = new(
            new ProducerOptions { BootstrapServers = ScriptedCluster.Servers }, null, null, links);
        byte[] value = new byte[1024];
        await producer.SendAsync(ScriptedCluster.Topic, default, value);

        // The best round counts, as above. One object in an answer would be at least 24 bytes in each.
        (long sending, long answering) = (long.MaxValue, long.MaxValue);
        for (int round = 0; round < RoundsMax && (sending > 0 || answering > 0); round++)
        {
            (long before, long answers) = (links.AllocatedBytes, links.AnswersCount);
            sending = Math.Min(sending, Allocated(producer, value, Records));
            await producer.FlushAsync();
            answering = Math.Min(answering, links.AllocatedBytes - before);
            Assert.True(links.AnswersCount > answers);
        }

        Assert.Equal((0, 0), (sending, answering));
    }

    private static long Allocated(Producer<None, ReadOnlyMemory<byte>> producer, byte[] value, int records)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int index = 0; index < records; index++) Assert.True(producer.Send(ScriptedCluster.Topic, default, value).IsCompletedSuccessfully);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
