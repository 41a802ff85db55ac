using System.Buffers.Binary;
using System.Text;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>Puts frames together field by field, so that each field can lie.</summary>
internal sealed class FrameBytes
{
    private readonly List<byte> _bytes = [];

    /// <summary>A request's header in classic form with the client id "raw"; the size field is added by <see cref="Framed"/>.</summary>
    public static FrameBytes Header(short key, short version, int correlationId = 7) =>
        new FrameBytes().Int16(key).Int16(version).Int32(correlationId).String("raw");

    public FrameBytes Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public FrameBytes Int16(short value)
    {
        byte[] field = new byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(field, value);
        return Raw(field);
    }

    public FrameBytes Int32(int value)
    {
        byte[] field = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(field, value);
        return Raw(field);
    }

    public FrameBytes Int64(long value)
    {
        byte[] field = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(field, value);
        return Raw(field);
    }

    public FrameBytes String(string text) => Int16((short)text.Length).Raw(Encoding.ASCII.GetBytes(text));

    /// <summary>The bytes without a size field, for streams whose size field lies.</summary>
    public byte[] Bare() => [.. _bytes];

    /// <summary>The bytes behind a size field that is true.</summary>
    public byte[] Framed() => [.. new FrameBytes().Int32(_bytes.Count).Bare(), .. _bytes];
}
