using PerfLog.Wire;

namespace PerfLog.Protocol;

/// <summary>Anything that the schemas describe: it knows its size and writes itself, in any of its versions.</summary>
public interface IProtocolMessage
{
    int Size(short version);

    void Write(ref WireWriter writer, short version);
}

/// <summary>A message of which one can be read from a frame.</summary>
public interface IReadable<TSelf>
    where TSelf : IReadable<TSelf>
{
    /// <summary>Reads one. The reader tells afterwards whether it failed; then the result is of no use.</summary>
    static abstract TSelf Read(ref WireReader reader, short version);
}

/// <summary>A message that goes with an api key: a request or a response.</summary>
public interface IApiMessage : IProtocolMessage
{
    static abstract ApiKey ApiKey { get; }

    static abstract MessageVersions Versions { get; }
}

public interface IRequestMessage : IApiMessage;

public interface IResponseMessage : IApiMessage;

/// <summary>A struct inside a message.</summary>
public interface IMessageElement<TSelf> : IProtocolMessage, IReadable<TSelf>
    where TSelf : class, IMessageElement<TSelf>
{
    /// <summary>The least bytes that one takes, which bounds how many a frame can hold.</summary>
    static abstract int SizeMin(short version);
}
