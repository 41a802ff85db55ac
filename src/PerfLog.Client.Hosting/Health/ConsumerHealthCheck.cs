using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PerfLog.Client.Hosting;

/// <summary>Whether a hosted consumer runs, and polls often enough to stay in its group.</summary>
internal sealed class ConsumerHealthCheck(ConsumerPulse pulse, ConsumerSettings settings) : IHealthCheck
{
    private readonly TimeSpan _pauseMax = settings.Build().MaxPollInterval;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        TimeSpan pause = pulse.SincePoll;
        HealthCheckResult result = !pulse.IsRunning
            ? new(context.Registration.FailureStatus, $"The consumer does not run: {pulse.Description}.", pulse.Failure)
            : pause > _pauseMax
                ? new(context.Registration.FailureStatus, $"The last poll was {pause.TotalSeconds:F0} s ago, more than max.poll.interval.ms: a handler hangs.")
                : HealthCheckResult.Healthy("The consumer runs.");
        return Task.FromResult(result);
    }
}
