namespace PerfLog.Client.Admin;

/// <summary>The broker that answers for an item, or why there is none.</summary>
/// <param name="Address">Where it is; null for any broker.</param>
/// <param name="Broker">Its id; none where it does not matter.</param>
/// <param name="Error">Why there is no such broker; none when there is.</param>
/// <param name="Reason">The same in words.</param>
/// <param name="MayPass">Whether there may be one soon.</param>
internal readonly record struct Place(
    BrokerAddress? Address, BrokerId Broker, ErrorCode Error = ErrorCode.None, string? Reason = null, bool MayPass = false)
{
    public static readonly Place Anywhere = new(null, BrokerId.None);

    public static Place Nowhere(ErrorCode error, string? reason, bool mayPass) => new(null, BrokerId.None, error, reason, mayPass);
}

/// <summary>Knows which broker answers for which item. Any thread may use it.</summary>
internal interface IRouting<TItem>
{
    /// <param name="items">The items.</param>
    /// <param name="anew">Whether what is known already was wrong.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>The places, in the order of the items.</returns>
    /// <exception cref="IOException">No broker answered.</exception>
    Task<IReadOnlyList<Place>> FindAsync(IReadOnlyList<TItem> items, bool anew, CancellationToken cancellation);

    /// <summary>Whether asking again, after looking for the broker anew, may help.</summary>
    bool MayPass(ErrorCode error);
}
