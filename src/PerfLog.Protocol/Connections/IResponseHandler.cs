namespace PerfLog.Protocol.Connections;

/// <summary>
/// Takes one request's answer on the connection's receive loop: all answers behind it wait until the call returns. Exactly one
/// of the two methods is called, once.
/// </summary>
public interface IResponseHandler
{
    /// <param name="frame">The answer without its length, header included; borrowed for the call.</param>
    void Answered(ReadOnlySpan<byte> frame);

    /// <summary>There is no answer and will be none. Called on any thread, also from within the sending.</summary>
    void Failed(BrokerConnectionException failure);
}
