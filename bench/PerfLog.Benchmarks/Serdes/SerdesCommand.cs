using System.Text.Json;
using PerfLog.Benchmarks.Broker;
using Proto = PerfLog.Benchmarks.Serdes.Protos;

namespace PerfLog.Benchmarks.Serdes;

/// <summary>"serdes": measures record serdes beside other serializers, for three shapes.</summary>
internal static class SerdesCommand
{
    private static readonly IReadOnlyList<FigureGroup> FigureGroups =
    [
        new("small", static bench => SerdeFigures.Measure(bench, "Small order", Small())),
        new("wide", static bench => SerdeFigures.Measure(bench, "Wide profile", Wide())),
        new("nested", static bench => SerdeFigures.Measure(bench, "Nested basket", Nested())),
    ];

    public static void Run(MeasureOptions options) => FigureRun.Of("serdes", options, FigureGroups);

    private static SerdeContender[] Small()
    {
        SmallOrder[] values = ShapeValues.Orders;
        return
        [
            new SerdeContender<SmallOrder, LogRecordPeer<SmallOrder>>("PerfLog", values, new(SmallOrder.Serde.Instance), Sums.Of, static records =>
            {
                long sum = 0;
                foreach (ReadOnlyMemory<byte> record in records) sum += Sums.Of(SmallOrder.View.Over(record.Span));
                return sum;
            }),
            new SerdeContender<SmallOrder, MemoryPackPeer<SmallOrder>>("MemoryPack", values, new(), Sums.Of),
            new SerdeContender<SmallOrder, MessagePackPeer<SmallOrder>>("MessagePack", values, new(), Sums.Of),
            new SerdeContender<Proto.SmallOrder, ProtobufPeer<Proto.SmallOrder>>("Protobuf", [.. values.Select(ShapeValues.ToProto)], new(Proto.SmallOrder.Parser), Sums.Of),
            new SerdeContender<SmallOrder, JsonPeer<SmallOrder>>("System.Text.Json", values, new(ShapesJson.Default.SmallOrder, JsonWriter()), Sums.Of),
        ];
    }

    private static SerdeContender[] Wide()
    {
        WideProfile[] values = ShapeValues.Profiles;
        return
        [
            new SerdeContender<WideProfile, LogRecordPeer<WideProfile>>("PerfLog", values, new(WideProfile.Serde.Instance), Sums.Of, static records =>
            {
                long sum = 0;
                foreach (ReadOnlyMemory<byte> record in records) sum += Sums.Of(WideProfile.View.Over(record.Span));
                return sum;
            }),
            new SerdeContender<WideProfile, MemoryPackPeer<WideProfile>>("MemoryPack", values, new(), Sums.Of),
            new SerdeContender<WideProfile, MessagePackPeer<WideProfile>>("MessagePack", values, new(), Sums.Of),
            new SerdeContender<Proto.WideProfile, ProtobufPeer<Proto.WideProfile>>("Protobuf", [.. values.Select(ShapeValues.ToProto)], new(Proto.WideProfile.Parser), Sums.Of),
            new SerdeContender<WideProfile, JsonPeer<WideProfile>>("System.Text.Json", values, new(ShapesJson.Default.WideProfile, JsonWriter()), Sums.Of),
        ];
    }

    private static SerdeContender[] Nested()
    {
        NestedBasket[] values = ShapeValues.Baskets;
        return
        [
            new SerdeContender<NestedBasket, LogRecordPeer<NestedBasket>>("PerfLog", values, new(NestedBasket.Serde.Instance), Sums.Of, static records =>
            {
                long sum = 0;
                foreach (ReadOnlyMemory<byte> record in records) sum += Sums.Of(NestedBasket.View.Over(record.Span));
                return sum;
            }),
            new SerdeContender<NestedBasket, MemoryPackPeer<NestedBasket>>("MemoryPack", values, new(), Sums.Of),
            new SerdeContender<NestedBasket, MessagePackPeer<NestedBasket>>("MessagePack", values, new(), Sums.Of),
            new SerdeContender<Proto.NestedBasket, ProtobufPeer<Proto.NestedBasket>>("Protobuf", [.. values.Select(ShapeValues.ToProto)], new(Proto.NestedBasket.Parser), Sums.Of),
            new SerdeContender<NestedBasket, JsonPeer<NestedBasket>>("System.Text.Json", values, new(ShapesJson.Default.NestedBasket, JsonWriter()), Sums.Of),
        ];
    }

    private static Utf8JsonWriter JsonWriter() => new(Stream.Null);
}
