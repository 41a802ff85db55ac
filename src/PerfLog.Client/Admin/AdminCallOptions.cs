using PerfLog.Client.Consuming;

namespace PerfLog.Client.Admin;

/// <summary>How one call of an <see cref="AdminClient"/> is made.</summary>
public record AdminCallOptions
{
    /// <summary>
    /// The time for the whole call, in which whatever may pass is tried again; null for the client's <see cref="AdminClientOptions.CallTimeout"/>.
    /// </summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>How topics, partitions or configurations are changed.</summary>
public sealed record ChangeOptions : AdminCallOptions
{
    /// <summary>Whether the cluster only says what it would do.</summary>
    public bool ValidateOnly { get; init; }
}

/// <summary>How configurations are described.</summary>
public sealed record DescribeConfigsOptions : AdminCallOptions
{
    /// <summary>Whether each value comes with those that it hides, such as the cluster's below a topic's own.</summary>
    public bool IncludeSynonyms { get; init; }

    /// <summary>Whether each value comes with what it means, in the broker's words.</summary>
    public bool IncludeDocumentation { get; init; }
}

/// <summary>How offsets are looked up.</summary>
public sealed record ListOffsetsOptions : AdminCallOptions
{
    /// <summary>Whether the end of a partition is that of its committed transactions.</summary>
    public IsolationLevel IsolationLevel { get; init; } = IsolationLevel.ReadUncommitted;
}

/// <summary>Which groups are listed.</summary>
public sealed record ListGroupsOptions : AdminCallOptions
{
    /// <summary>Only groups in one of these states, such as <c>Stable</c>; all when empty.</summary>
    public IReadOnlyCollection<string> States { get; init; } = [];

    /// <summary>Only groups of one of these types, <c>classic</c> or <c>consumer</c>; all when empty.</summary>
    public IReadOnlyCollection<string> Types { get; init; } = [];
}
