namespace PerfLog.Broker.Groups;

/// <summary>One member of a group of the classic protocol. Its group's lock guards it.</summary>
internal sealed class ClassicMember
{
    /// <summary>A new member whose client went away is not waited for longer than this, however long it may take to rejoin.</summary>
    public const int NewMemberWaitMs = 5 * 60 * 1000;

    private TaskCompletionSource<JoinAnswer>? _join;
    private TaskCompletionSource<SyncAnswer>? _sync;
    private long _seenTick;

    public required string Id { get; set; }

    /// <summary>Null for a dynamic member.</summary>
    public required string? InstanceId { get; init; }

    public required string ClientId { get; set; }

    public required string ClientHost { get; set; }

    public required int SessionTimeoutMs { get; set; }

    public required int RebalanceTimeoutMs { get; set; }

    /// <summary>In the member's order of preference.</summary>
    public required IReadOnlyList<MemberProtocol> Protocols { get; set; }

    public byte[] Assignment { get; set; } = [];

    /// <summary>It has not been in a complete generation yet.</summary>
    public bool IsNew { get; set; } = true;

    /// <summary>It has asked for this generation's assignment.</summary>
    public bool HasSynced { get; set; }

    public bool IsStatic => InstanceId is not null;

    public bool IsAwaitingJoin => _join is not null;

    public bool IsAwaitingSync => _sync is not null;

    /// <summary>When it counts as gone unless it is heard of before.</summary>
    public long DeadlineTick
    {
        get
        {
            // Whoever waits for our answer cannot be heard of.
            if (IsAwaitingJoin) return IsNew ? _seenTick + NewMemberWaitMs : Moment.Never;
            return IsAwaitingSync ? Moment.Never : _seenTick + SessionTimeoutMs;
        }
    }

    public void Seen(Moment now) => _seenTick = now.TickMs;

    public bool Supports(string protocol) => MetadataOf(protocol) is not null;

    /// <summary>What it tells the leader in a protocol; null when it does not support it.</summary>
    public byte[]? MetadataOf(string? protocol)
    {
        foreach (MemberProtocol supported in Protocols)
        {
            if (supported.Name == protocol) return supported.Metadata;
        }

        return null;
    }

    public bool Matches(IReadOnlyList<MemberProtocol> protocols)
    {
        if (protocols.Count != Protocols.Count) return false;
        for (int index = 0; index < protocols.Count; index++)
        {
            if (protocols[index].Name != Protocols[index].Name) return false;
            if (!protocols[index].Metadata.AsSpan().SequenceEqual(Protocols[index].Metadata)) return false;
        }

        return true;
    }

    /// <summary>Waits for the next generation; a request that waited before is answered that it must join again.</summary>
    public Task<JoinAnswer> AwaitJoin()
    {
        AnswerJoin(JoinAnswer.Failed(ErrorCode.UnknownMemberId, Id));
        _join = new TaskCompletionSource<JoinAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _join.Task;
    }

    /// <returns>Whether anybody waited.</returns>
    public bool AnswerJoin(JoinAnswer answer)
    {
        TaskCompletionSource<JoinAnswer>? waiting = _join;
        _join = null;
        waiting?.SetResult(answer);
        return waiting is not null;
    }

    /// <summary>Waits for the leader; a request that waited before is answered that it must join again.</summary>
    public Task<SyncAnswer> AwaitSync()
    {
        AnswerSync(SyncAnswer.Failed(ErrorCode.RebalanceInProgress));
        _sync = new TaskCompletionSource<SyncAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _sync.Task;
    }

    /// <returns>Whether anybody waited.</returns>
    public bool AnswerSync(SyncAnswer answer)
    {
        TaskCompletionSource<SyncAnswer>? waiting = _sync;
        _sync = null;
        waiting?.SetResult(answer);
        return waiting is not null;
    }

    /// <summary>Whoever waits in its name is told why it waits no longer.</summary>
    public void Dismiss(ErrorCode error)
    {
        AnswerJoin(JoinAnswer.Failed(error, Id));
        AnswerSync(SyncAnswer.Failed(error));
    }
}
