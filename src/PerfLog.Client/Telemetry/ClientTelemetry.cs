using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PerfLog.Client;

/// <summary>
/// What the clients tell whoever listens, by OpenTelemetry's conventions for messaging: give <see cref="Name"/> to
/// <c>AddSource</c> and <c>AddMeter</c>. Without a listener nothing is measured, and record headers stay as they are.
/// </summary>
public static class ClientTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "PerfLog.Client";

    private static readonly string? Version = typeof(ClientTelemetry).Assembly.GetName().Version?.ToString(3);

    private static readonly Meter Meter = new(Name, Version);

    internal static ActivitySource Source { get; } = new(Name, Version);

    internal static Counter<long> Sent { get; } = Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}", "Records whose fate is known.");

    internal static Counter<long> Consumed { get; } = Meter.CreateCounter<long>(
        "messaging.client.consumed.messages", "{message}", "Records that polls returned.");

    internal static Histogram<double> Duration { get; } = Meter.CreateHistogram<double>(
        "messaging.client.operation.duration", "s", "From a batch's first record to its fate, and of polls that returned records.");

    internal static Histogram<double> ProcessDuration { get; } = Meter.CreateHistogram<double>(
        "messaging.process.duration", "s", "How long handlers took.");

    /// <summary>The tags that everything has.</summary>
    /// <param name="operation">What is done, as the convention's name of the operation.</param>
    /// <param name="type">Its kind in the convention.</param>
    /// <param name="topic">The topic; null when there are several.</param>
    internal static TagList Tags(string operation, string type, string? topic)
    {
        TagList tags = new()
        {
            { "messaging.system", "kafka" },
            { "messaging.operation.name", operation },
            { "messaging.operation.type", type },
        };
        if (topic is not null) tags.Add("messaging.destination.name", topic);
        return tags;
    }
}
