namespace PerfLog.Client.Groups;

/// <summary>
/// One way of being a member of a group: members agree among themselves (<see cref="ClassicMember"/>), or the coordinator
/// assigns (<see cref="AssignedMember"/>). Owned by the consumer's <see cref="GroupSession"/>, which calls it on the polling thread;
/// the memberships may be read by any thread.
/// </summary>
internal interface IGroupMember : IAsyncDisposable
{
    /// <summary>In whose name offsets are committed.</summary>
    Membership Membership { get; }

    /// <summary>In whose name committed offsets are asked for; outside of a generation where nobody checks who asks.</summary>
    Membership Asking { get; }

    /// <summary>Whether a step has something to do; cheap, because each poll asks.</summary>
    bool NeedsStep { get; }

    /// <summary>Wants these topics from the next step on.</summary>
    void Subscribe(Subscription subscription);

    /// <summary>Does what is due.</summary>
    /// <exception cref="Consuming.ConsumeException">The group does not take this consumer.</exception>
    ValueTask StepAsync(CancellationToken cancellation);

    /// <summary>Ends what goes on beside the polling thread. The member keeps its place, for a last commit.</summary>
    ValueTask StopAsync();

    /// <summary>Gives the place up, and tells the group so.</summary>
    ValueTask LeaveAsync(CancellationToken cancellation);
}
