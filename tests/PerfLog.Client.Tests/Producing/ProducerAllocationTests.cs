using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Producing;
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

    private static long Allocated(Producer<None, ReadOnlyMemory<byte>> producer, byte[] value, int records)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int index = 0; index < records; index++) Assert.True(producer.Send("t", default, value).IsCompletedSuccessfully);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
