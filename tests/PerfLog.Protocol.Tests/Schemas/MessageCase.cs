using PerfLog.Wire;

namespace PerfLog.Protocol.Tests.Schemas;

/// <summary>A message class by its schema, with its own write and read.</summary>
public abstract class MessageCase(Schema schema)
{
    public Schema Schema { get; } = schema;

    public static IReadOnlyList<MessageCase> All { get; } = [.. Schema.All.Select(Create)];

    public IEnumerable<short> Versions
    {
        get
        {
            for (int version = Schema.Versions.Low; version <= Schema.Versions.High; version++) yield return (short)version;
        }
    }

    public static MessageCase Of(string name) => All.Single(each => each.Schema.Name == name);

    public abstract object New();

    public abstract byte[] Write(object message, short version);

    public abstract object Read(ReadOnlySpan<byte> bytes, short version, out string? failure, out int consumed);

    private static MessageCase Create(Schema schema)
    {
        Type message = typeof(IProtocolMessage).Assembly.GetType($"PerfLog.Protocol.Messages.{schema.Name}", throwOnError: true)!;
        return (MessageCase)Activator.CreateInstance(typeof(MessageCase<>).MakeGenericType(message), schema)!;
    }
}

public sealed class MessageCase<T>(Schema schema) : MessageCase(schema)
    where T : IProtocolMessage, IReadable<T>, new()
{
    public override object New() => new T();

    public override byte[] Write(object message, short version)
    {
        // A few bytes more than asked for, so that a size that is too small shows as a number and not as a crash.
        byte[] bytes = new byte[((T)message).Size(version) + 64];
        WireWriter writer = new(bytes);
        ((T)message).Write(ref writer, version);
        Assert.True(writer.Position == bytes.Length - 64, $"{Schema} {version}: size {bytes.Length - 64}, written {writer.Position}");
        return writer.Written.ToArray();
    }

    public override object Read(ReadOnlySpan<byte> bytes, short version, out string? failure, out int consumed)
    {
        WireReader reader = new(bytes);
        T message = T.Read(ref reader, version);
        failure = reader.Failure;
        consumed = reader.Position;
        return message;
    }
}
