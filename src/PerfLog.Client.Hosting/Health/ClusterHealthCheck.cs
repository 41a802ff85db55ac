using Microsoft.Extensions.Diagnostics.HealthChecks;
using PerfLog.Client.Admin;

namespace PerfLog.Client.Hosting;

/// <summary>Whether the cluster answers.</summary>
internal sealed class ClusterHealthCheck(AdminClient admin) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            ClusterDescription cluster = await admin.DescribeClusterAsync(cancellationToken);
            return HealthCheckResult.Healthy($"Cluster {cluster.ClusterId} has {cluster.Brokers.Count} brokers.");
        }
        catch (Exception failure) when (failure is IOException or AdminException or NotSupportedException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, failure.Message, failure);
        }
    }
}
