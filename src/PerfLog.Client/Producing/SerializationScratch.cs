using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Client.Producing;

/// <summary>
/// Where one thread's keys and values are serialized before they are copied into their batch. A serializer that itself sends a
/// record would overwrite it, so it is marked while in use.
/// </summary>
internal sealed class SerializationScratch(int bytesMax) : IDisposable
{
    private readonly GrowingBuffer _key = new(bytesMax);
    private readonly GrowingBuffer _value = new(bytesMax);

    public OptionalBytes Key<T>(ISerializer<T> serializer, T key) => Write(_key, serializer, key);

    public OptionalBytes Value<T>(ISerializer<T> serializer, T value) => Write(_value, serializer, value);

    public void Dispose()
    {
        _key.Dispose();
        _value.Dispose();
    }

    private OptionalBytes Write<T>(GrowingBuffer buffer, ISerializer<T> serializer, T value)
    {
        if (value is null || typeof(T) == typeof(None)) return OptionalBytes.Null;
        // Bytes that are sent as they are need no copy of their own.
        if (value is byte[] bytes && ReferenceEquals(serializer, Serdes.Bytes)) return bytes;
        if (value is ReadOnlyMemory<byte> memory && ReferenceEquals(serializer, Serdes.Memory)) return memory;
        buffer.Reset(bytesMax);
        serializer.Serialize(value, buffer);
        return buffer.WrittenSpan;
    }
}
