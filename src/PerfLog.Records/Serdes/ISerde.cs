using System.Buffers;

namespace PerfLog.Records;

/// <summary>Turns values into the bytes of a key or a value. Any thread may call it. Null never comes here: it is a null in the record.</summary>
public interface ISerializer<in T>
{
    /// <summary>Writes the value's bytes behind what the destination holds.</summary>
    void Serialize(T value, IBufferWriter<byte> destination);
}

/// <summary>
/// Turns the bytes of a key or a value back. Any thread may call it. Bytes that cannot be what was serialized are a
/// <see cref="FormatException"/>, whose message is the second half of a sentence that starts with the record's place.
/// </summary>
public interface IDeserializer<out T>
{
    /// <param name="bytes">Borrowed: who keeps them, or a view of them, sees them change when the batch that they lie in is disposed.</param>
    T Deserialize(ReadOnlyMemory<byte> bytes);
}

/// <summary>Both ways.</summary>
public interface ISerde<T> : ISerializer<T>, IDeserializer<T>;
