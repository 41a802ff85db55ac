using System.Buffers;
using System.Numerics;

namespace PerfLog.Records;

/// <summary>A number in as many bytes as it has, big-endian, as Java's serializers write it.</summary>
internal sealed class IntegerSerde<T> : ISerde<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private static readonly int Bytes = T.MaxValue.GetByteCount();

    public void Serialize(T value, IBufferWriter<byte> destination)
    {
        value.WriteBigEndian(destination.GetSpan(Bytes));
        destination.Advance(Bytes);
    }

    public T Deserialize(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length != Bytes) throw SerdeFault.Length(typeof(T).Name, Bytes, bytes.Length);
        return T.ReadBigEndian(bytes.Span, isUnsigned: T.IsZero(T.MinValue));
    }
}

/// <summary>A floating-point number as the big-endian bytes of its IEEE-754 form.</summary>
internal sealed class DoubleSerde : ISerde<double>
{
    private static readonly IntegerSerde<long> Bits = new();

    public void Serialize(double value, IBufferWriter<byte> destination) =>
        Bits.Serialize(BitConverter.DoubleToInt64Bits(value), destination);

    public double Deserialize(ReadOnlyMemory<byte> bytes) => BitConverter.Int64BitsToDouble(Bits.Deserialize(bytes));
}

/// <inheritdoc cref="DoubleSerde"/>
internal sealed class SingleSerde : ISerde<float>
{
    private static readonly IntegerSerde<int> Bits = new();

    public void Serialize(float value, IBufferWriter<byte> destination) =>
        Bits.Serialize(BitConverter.SingleToInt32Bits(value), destination);

    public float Deserialize(ReadOnlyMemory<byte> bytes) => BitConverter.Int32BitsToSingle(Bits.Deserialize(bytes));
}

/// <summary>What a deserializer says of bytes that do not fit.</summary>
internal static class SerdeFault
{
    public static FormatException Length(string type, int wanted, int found) =>
        new($"{found} bytes are no {type}, which has {wanted}");
}
