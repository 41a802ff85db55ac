namespace PerfLog;

/// <summary>The number that the broker gave to an idempotent or transactional producer.</summary>
public readonly record struct ProducerId(long Value)
{
    /// <summary>A producer without idempotence.</summary>
    public static readonly ProducerId None = new(-1);

    public override string ToString() => Value.ToString();
}
