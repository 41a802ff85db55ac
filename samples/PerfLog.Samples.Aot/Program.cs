using System.Buffers;
using PerfLog;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;
using PerfLog.Samples.Aot;

// Proves that typed records and the clients work as native code. Without an argument it looks at serdes only; with a broker's
// address it sends a record and reads it back.
Shipment shipment = new("C-17", [new("A", 2), new("B", 1)], new ByAir("SK501"), 12.5m);
ArrayBufferWriter<byte> bytes = new();
Serdes.Of<Shipment>().Serialize(shipment, bytes);
Expect(Serdes.Of<Shipment>().Deserialize(bytes.WrittenMemory).Items[1] == new ShipmentItem("B", 1), "a record comes back");
Expect(Shipment.View.Over(bytes.WrittenSpan).Way.AsByAir.Flight == "SK501", "a view sees the union's case");
ISerde<Label> json = Serdes.Json(LabelJson.Default.Label);
ArrayBufferWriter<byte> text = new();
json.Serialize(new Label("fragile"), text);
Expect(json.Deserialize(text.WrittenMemory) == new Label("fragile"), "JSON comes back");
if (args is [string servers]) await RoundTripAsync(servers, shipment);
Console.WriteLine("All is well.");

static async Task RoundTripAsync(string servers, Shipment shipment)
{
    await using Producer<string, Shipment> producer = new(ProducerOptions.Safe(servers));
    RecordMetadata sent = await producer.SendAsync("shipments", shipment);
    await using Consumer<string, Shipment> consumer = new(new ConsumerOptions { BootstrapServers = servers });
    consumer.Assign(new TopicPartition(sent.Topic, sent.Partition));
    consumer.Seek(new TopicPartition(sent.Topic, sent.Partition), sent.Offset);
    using ConsumedBatch<string, Shipment> batch = await consumer.PollAsync(TimeSpan.FromSeconds(10));
    Expect(batch[0].Key == "C-17" && batch[0].Value.Weight == 12.5m, "a record comes back from the broker");
}

static void Expect(bool isTrue, string what)
{
    if (!isTrue) throw new InvalidOperationException($"It is not true that {what}.");
    Console.WriteLine($"{what}: yes");
}
