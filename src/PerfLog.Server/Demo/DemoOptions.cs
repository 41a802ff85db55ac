namespace PerfLog.Server.Demo;

/// <summary>What a demo was told on the command line.</summary>
internal sealed record DemoOptions
{
    /// <summary>The file whose lines are sent; null for generated records.</summary>
    public string? File { get; init; }

    public long Records { get; init; } = 1_000_000;

    public int RecordBytes { get; init; } = 100;

    /// <summary>Remove the broker's files at the end.</summary>
    public bool DeletesFiles { get; init; }
}
