namespace PerfLog.Broker.Groups;

/// <summary>A member of a consumer group: what it asked for, what it is to have and what it has. Its group's lock guards it.</summary>
internal sealed class ConsumerMember
{
    /// <summary>What a member says that joins.</summary>
    public const int JoinEpoch = 0;

    /// <summary>What a member says that leaves for good.</summary>
    public const int LeaveEpoch = -1;

    /// <summary>What a static member says that will be back soon, and its epoch until then.</summary>
    public const int AwayEpoch = -2;

    public required string Id { get; init; }

    /// <summary>Null for a dynamic member.</summary>
    public string? InstanceId { get; set; }

    public string? RackId { get; set; }

    public string ClientId { get; set; } = "";

    public string ClientHost { get; set; } = "";

    public int RebalanceTimeoutMs { get; set; } = -1;

    /// <summary>Sorted, each once.</summary>
    public string[] TopicNames { get; set; } = [];

    /// <summary>A regular expression whose topics it wants besides; null or empty for none.</summary>
    public string? TopicRegex { get; set; }

    /// <summary>The assignor that it would like; null when it leaves that to the broker.</summary>
    public string? ServerAssignor { get; set; }

    /// <summary>Null for a member of the newer protocol.</summary>
    public ClassicSide? Classic { get; set; }

    /// <summary>The group's epoch that the member has come to.</summary>
    public int Epoch { get; set; }

    /// <summary>The epoch before; a member that missed an answer still says it.</summary>
    public int PreviousEpoch { get; set; }

    public ConsumerMemberState State { get; set; }

    /// <summary>What it is to have at the assignment's epoch.</summary>
    public PartitionSet Target { get; set; } = PartitionSet.Empty;

    /// <summary>What it has been told to have.</summary>
    public PartitionSet Assigned { get; set; } = PartitionSet.Empty;

    /// <summary>What it has been told to give up, and has not yet said that it did.</summary>
    public PartitionSet PendingRevocation { get; set; } = PartitionSet.Empty;

    /// <summary>When it is taken for dead.</summary>
    public long SessionDeadlineTick { get; set; } = Moment.Never;

    /// <summary>
    /// When it must have done what it has been told: given up what is pending, and in the classic protocol joined again and asked
    /// for its assignment.
    /// </summary>
    public long DutyDeadlineTick { get; set; } = Moment.Never;

    public long DeadlineTick => Math.Min(SessionDeadlineTick, DutyDeadlineTick);

    public bool IsAway => Epoch == AwayEpoch;

    public bool HasRegex => !string.IsNullOrEmpty(TopicRegex);

    public bool HasReached(int assignmentEpoch) => State == ConsumerMemberState.Stable && Epoch == assignmentEpoch;

    /// <summary>The member under another id: a static member that was started anew. It has nothing to give up.</summary>
    public ConsumerMember SucceededBy(string id) => new()
    {
        Id = id,
        InstanceId = InstanceId,
        RackId = RackId,
        ClientId = ClientId,
        ClientHost = ClientHost,
        RebalanceTimeoutMs = RebalanceTimeoutMs,
        TopicNames = TopicNames,
        TopicRegex = TopicRegex,
        ServerAssignor = ServerAssignor,
        Target = Target,
        Assigned = Assigned,
    };

    /// <summary>Takes over what a request says of the member; what it leaves out stays.</summary>
    /// <param name="call">The request, or what a request of the classic protocol says in its terms.</param>
    /// <param name="classic">Null for a request of the newer protocol.</param>
    public MemberChange Update(HeartbeatCall call, ClassicSide? classic)
    {
        var change = MemberChange.None;
        if (call.RackId is { } rack && rack != RackId) (RackId, change) = (rack, change | MemberChange.Subscription);
        if (call.TopicNames is { } names && !names.AsSpan().SequenceEqual(TopicNames))
            (TopicNames, change) = (names, change | MemberChange.Subscription);
        if (call.TopicRegex is { } regex && regex != (TopicRegex ?? "")) (TopicRegex, change) = (regex, change | MemberChange.Subscription);
        if (call.ServerAssignor is { } assignor && assignor != ServerAssignor)
            (ServerAssignor, change) = (assignor, change | MemberChange.Subscription);
        if (call.RebalanceTimeoutMs >= 0 && call.RebalanceTimeoutMs != RebalanceTimeoutMs)
            (RebalanceTimeoutMs, change) = (call.RebalanceTimeoutMs, change | MemberChange.Description);
        if (call.ClientId != ClientId || call.ClientHost != ClientHost)
            (ClientId, ClientHost, change) = (call.ClientId, call.ClientHost, change | MemberChange.Description);
        bool isSameSide = classic is null ? Classic is null : classic.IsSame(Classic);
        if (!isSameSide) (Classic, change) = (classic, change | MemberChange.Description);
        return change;
    }
}

/// <summary>What a request changed of a member.</summary>
[Flags]
internal enum MemberChange
{
    None = 0,

    /// <summary>Something that is only written down.</summary>
    Description = 1,

    /// <summary>Something that the assignment depends on.</summary>
    Subscription = 2,
}
