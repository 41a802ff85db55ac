using System.Text.Json.Serialization.Metadata;

namespace PerfLog.Records;

/// <summary>The serdes that there are, each the same bytes as Java's of that type. All of them may be shared.</summary>
public static class Serdes
{
    /// <summary>Text as UTF-8.</summary>
    public static ISerde<string> Utf8 { get; } = new Utf8Serde();

    /// <summary>Two bytes, big-endian.</summary>
    public static ISerde<short> Int16 { get; } = new IntegerSerde<short>();

    /// <summary>Four bytes, big-endian.</summary>
    public static ISerde<int> Int32 { get; } = new IntegerSerde<int>();

    /// <summary>Eight bytes, big-endian.</summary>
    public static ISerde<long> Int64 { get; } = new IntegerSerde<long>();

    /// <summary>Four bytes of IEEE 754, big-endian.</summary>
    public static ISerde<float> Single { get; } = new SingleSerde();

    /// <summary>Eight bytes of IEEE 754, big-endian.</summary>
    public static ISerde<double> Double { get; } = new DoubleSerde();

    /// <summary>As text.</summary>
    public static ISerde<Guid> Guid { get; } = new GuidSerde();

    /// <summary>Reading copies.</summary>
    public static ISerde<byte[]> Bytes { get; } = new BytesSerde();

    /// <summary>Reading does not copy: the memory is that of the batch.</summary>
    public static ISerde<ReadOnlyMemory<byte>> Memory { get; } = new MemorySerde();

    /// <summary>For keys or values that there are none of: always null.</summary>
    public static ISerde<None> None { get; } = new NoneSerde();

    /// <summary>As JSON, by a source-generated context: <c>Serdes.Json(MyContext.Default.Order)</c>.</summary>
    public static ISerde<T> Json<T>(JsonTypeInfo<T> type) => new JsonSerde<T>(type);

    /// <summary>The serde that a type has unless another is named.</summary>
    /// <exception cref="NotSupportedException">It has none.</exception>
    public static ISerde<T> Of<T>() => Find<T>() ?? KnownSerde<T>.Instance
        ?? throw new NotSupportedException($"There is no built-in serde of {typeof(T)}; give one, such as Serdes.Json(context).");

    /// <summary>Makes a serde the one that its type has. Emitted code calls it for each record type when its assembly is loaded.</summary>
    public static void Register<T>(ISerde<T> serde) => KnownSerde<T>.Instance = serde;

    private static ISerde<T>? Find<T>() =>
        Utf8 as ISerde<T> ?? Int32 as ISerde<T> ?? Int64 as ISerde<T> ?? Int16 as ISerde<T> ?? Single as ISerde<T>
        ?? Double as ISerde<T> ?? Guid as ISerde<T> ?? Bytes as ISerde<T> ?? Memory as ISerde<T> ?? None as ISerde<T>;
}
