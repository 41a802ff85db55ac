namespace PerfLog;

/// <summary>A broker's number in its cluster (<c>broker.id</c>).</summary>
public readonly record struct BrokerId(int Value)
{
    /// <summary>"No broker", as the protocol writes it.</summary>
    public static readonly BrokerId None = new(-1);

    public override string ToString() => Value.ToString();
}
