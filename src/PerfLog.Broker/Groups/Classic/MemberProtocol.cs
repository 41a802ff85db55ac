namespace PerfLog.Broker.Groups;

/// <summary>A way of assigning that a member supports, with what it tells the leader in it.</summary>
internal sealed record MemberProtocol(string Name, byte[] Metadata);
