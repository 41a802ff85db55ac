using System.Globalization;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Admin;

/// <summary>The requests about configuration. A broker's own is asked of that broker, a topic's of any.</summary>
internal sealed class ConfigRequests(ItemCalls calls)
{
    private readonly OwnBroker<ConfigResource> _routing = new(calls.Cluster, BrokerOf);

    public Task<AdminResults<ConfigResource, IReadOnlyList<ConfigEntry>>> DescribeAsync(
        IEnumerable<ConfigResource> resources, DescribeConfigsOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<ConfigResource, IReadOnlyList<ConfigEntry>>(_routing, Subject, async (broker, asked, token) =>
            {
                DescribeConfigsResponse response = await broker.SendAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
                    version => Question(asked, options ?? new(), version), token).ConfigureAwait(false);
                return response.Results.Select(static result => new ItemAnswer<ConfigResource, IReadOnlyList<ConfigEntry>>(
                    Resource(result.ResourceType, result.ResourceName), Entries(result.Configs), result.ErrorCode, result.ErrorMessage));
            }),
            resources, options, cancellation);

    public Task<AdminResults<ConfigResource, None>> AlterAsync(
        IReadOnlyDictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> changes, ChangeOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<ConfigResource, None>(_routing, Subject, async (broker, asked, token) =>
            {
                IncrementalAlterConfigsRequest request = new()
                {
                    Resources = [.. asked.Select(resource => Alteration(resource, changes[resource]))], ValidateOnly = options?.ValidateOnly ?? false,
                };
                IncrementalAlterConfigsResponse response = await broker.SendAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
                    _ => request, token).ConfigureAwait(false);
                return response.Responses.Select(static result => new ItemAnswer<ConfigResource, None>(
                    Resource(result.ResourceType, result.ResourceName), default, result.ErrorCode, result.ErrorMessage));
            }),
            changes.Keys, options, cancellation);

    private static string Subject(ConfigResource resource) => resource.ToString();

    private static ConfigResource Resource(sbyte type, string name) => new((ConfigResourceType)type, name);

    private static BrokerId BrokerOf(ConfigResource resource)
    {
        if (resource.Type != ConfigResourceType.Broker) return BrokerId.None;
        return int.TryParse(resource.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? new BrokerId(id)
            : throw AdminException.Refused(ErrorCode.InvalidRequest, resource.ToString(), "a broker is named by its number");
    }

    private static DescribeConfigsRequest Question(IReadOnlyList<ConfigResource> resources, DescribeConfigsOptions options, short version) => new()
    {
        Resources = [.. resources.Select(static resource => new DescribeConfigsRequest.DescribeConfigsResource
        {
            ResourceType = (sbyte)resource.Type, ResourceName = resource.Name, ConfigurationKeys = null,
        })],
        IncludeSynonyms = options.IncludeSynonyms && version >= 1,
        IncludeDocumentation = options.IncludeDocumentation && version >= 3,
    };

    private static ConfigEntry[] Entries(IEnumerable<DescribeConfigsResponse.DescribeConfigsResourceResult> configs) =>
        [.. configs.OrderBy(static config => config.Name, StringComparer.Ordinal).Select(static config =>
            new ConfigEntry(config.Name, config.Value, (ConfigSource)config.ConfigSource, config.ReadOnly, config.IsSensitive)
            {
                Documentation = config.Documentation,
                Synonyms = [.. config.Synonyms.Select(static synonym => new ConfigSynonym(synonym.Name, synonym.Value, (ConfigSource)synonym.Source))],
            })];

    private static IncrementalAlterConfigsRequest.AlterConfigsResource Alteration(ConfigResource resource, IEnumerable<ConfigChange> changes) => new()
    {
        ResourceType = (sbyte)resource.Type,
        ResourceName = resource.Name,
        Configs = [.. changes.Select(static change => new IncrementalAlterConfigsRequest.AlterableConfig
        {
            Name = change.Name, ConfigOperation = (sbyte)change.Operation, Value = change.Value,
        })],
    };
}
