using PerfLog.Client.Consuming;

namespace PerfLog.Client.Hosting;

/// <summary>What a hosted consumer does about a record whose handler throws.</summary>
public enum HandlerFailure
{
    /// <summary>Commits what was handled before it and stops, and so does the host, unless it is told otherwise.</summary>
    Stop,

    /// <summary>Hands the same record over again after a pause, until it is handled; its partition does not go on without it.</summary>
    Retry,

    /// <summary>Logs it and goes on with the next record.</summary>
    Skip,
}

/// <summary>The settings of a hosted consumer.</summary>
public sealed class ConsumerSettings : ClientSettings<ConsumerOptions>
{
    /// <summary>The topics that it subscribes to.</summary>
    public ISet<string> Topics { get; } = new HashSet<string>();

    /// <summary>What happens when the handler throws.</summary>
    public HandlerFailure OnFailure { get; set; } = HandlerFailure.Stop;

    /// <summary>The pause before a record is handed over again.</summary>
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromSeconds(1);

    private protected override ConsumerOptions FromProperties(IReadOnlyDictionary<string, string> properties) =>
        new ConsumerOptions { BootstrapServers = "" }.With(properties);

    private protected override void Validate(ConsumerOptions options)
    {
        options.Validate();
        Limits.Require(options.GroupId is not null, "group.id", "''", "a name, because a hosted consumer subscribes");
        Limits.Require(Topics.Count > 0, nameof(Topics), "''", "at least one topic");
        Limits.Require(
            RetryPause >= TimeSpan.Zero && RetryPause < options.MaxPollInterval,
            nameof(RetryPause),
            RetryPause,
            $"less than max.poll.interval.ms ({options.MaxPollInterval.TotalMilliseconds})");
    }
}
