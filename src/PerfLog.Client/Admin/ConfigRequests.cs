using System.Globalization;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Admin;

/// <summary>The requests about configuration. A broker's own is asked of that broker, a topic's of any.</summary>
internal sealed class ConfigRequests(ClusterConnections cluster)
{
    public async Task<IReadOnlyList<ConfigEntry>> DescribeAsync(ConfigResource resource, CancellationToken cancellation)
    {
        DescribeConfigsResponse response = await AskAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            resource,
            new DescribeConfigsRequest
            {
                Resources = [new() { ResourceType = (sbyte)resource.Type, ResourceName = resource.Name, ConfigurationKeys = null }],
            },
            cancellation).ConfigureAwait(false);
        DescribeConfigsResponse.DescribeConfigsResult result = response.Results[0];
        AdminException.ThrowIfFailed(result.ErrorCode, resource.ToString(), result.ErrorMessage);
        return [.. result.Configs.OrderBy(static config => config.Name, StringComparer.Ordinal).Select(static config =>
            new ConfigEntry(config.Name, config.Value, (ConfigSource)config.ConfigSource, config.ReadOnly, config.IsSensitive))];
    }

    public async Task AlterAsync(
        ConfigResource resource, IReadOnlyCollection<ConfigChange> changes, CancellationToken cancellation)
    {
        var alteration = new IncrementalAlterConfigsRequest.AlterConfigsResource
        {
            ResourceType = (sbyte)resource.Type,
            ResourceName = resource.Name,
            Configs = [.. changes.Select(static change => new IncrementalAlterConfigsRequest.AlterableConfig
            {
                Name = change.Name, ConfigOperation = (sbyte)change.Operation, Value = change.Value,
            })],
        };
        IncrementalAlterConfigsResponse response =
            await AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
                resource, new IncrementalAlterConfigsRequest { Resources = [alteration] }, cancellation).ConfigureAwait(false);
        IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result = response.Responses[0];
        AdminException.ThrowIfFailed(result.ErrorCode, resource.ToString(), result.ErrorMessage);
    }

    private async Task<TResponse> AskAsync<TRequest, TResponse>(
        ConfigResource resource, TRequest request, CancellationToken cancellation)
        where TRequest : Protocol.IRequestMessage
        where TResponse : Protocol.IResponseMessage, Protocol.IReadable<TResponse>
    {
        if (resource.Type != ConfigResourceType.Broker)
            return await cluster.AskAnyAsync<TRequest, TResponse>(_ => request, cancellation).ConfigureAwait(false);
        if (!int.TryParse(resource.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            throw AdminException.Refused(ErrorCode.InvalidRequest, resource.ToString(), "a broker is named by its number");
        BrokerAddress broker = await cluster.AddressOfAsync(new BrokerId(id), cancellation).ConfigureAwait(false);
        return await cluster.AskBrokerAsync<TRequest, TResponse>(broker, _ => request, cancellation).ConfigureAwait(false);
    }
}
