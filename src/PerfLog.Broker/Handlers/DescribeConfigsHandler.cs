using System.Globalization;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Topics;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Shows the effective configuration of topics and of this broker, and where each value comes from.</summary>
internal sealed class DescribeConfigsHandler(ClusterMetadata cluster, TopicConfigs configs, ILogger logger)
    : MessageHandler<DescribeConfigsRequest, DescribeConfigsResponse>(ApiKey.DescribeConfigs, 0, 4, logger)
{
    protected override ValueTask<DescribeConfigsResponse> AnswerAsync(DescribeConfigsRequest request, RequestContext context)
    {
        var response = new DescribeConfigsResponse();
        foreach (var resource in request.Resources)
        {
            var result = new DescribeConfigsResponse.DescribeConfigsResult
            {
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
            };
            IEnumerable<ConfigRow>? rows = Find(resource, result);
            if (rows is not null) Add(result, rows, resource.ConfigurationKeys, request, context.Version);
            response.Results.Add(result);
        }

        return new(response);
    }

    private IEnumerable<ConfigRow>? Find(
        DescribeConfigsRequest.DescribeConfigsResource resource, DescribeConfigsResponse.DescribeConfigsResult result)
    {
        switch ((ConfigResourceType)resource.ResourceType)
        {
            case ConfigResourceType.Topic when cluster.Image.Topics.Find(resource.ResourceName) is { } topic:
                return configs.Describe(topic.Config);
            case ConfigResourceType.Topic:
                result.ErrorCode = ErrorCode.UnknownTopicOrPartition;
                result.ErrorMessage = $"There is no topic \"{resource.ResourceName}\".";
                return null;
            case ConfigResourceType.Broker when IsThisBroker(resource.ResourceName):
                return configs.Options.Config.Describe();
            case ConfigResourceType.Broker:
                result.ErrorCode = ErrorCode.InvalidRequest;
                result.ErrorMessage = $"This is broker {configs.Options.BrokerId}; it describes its own configuration only, not \"{resource.ResourceName}\".";
                return null;
            default:
                result.ErrorCode = ErrorCode.InvalidRequest;
                result.ErrorMessage = $"There is no configuration of the resource type {resource.ResourceType}; topics (2) and brokers (4) have one.";
                return null;
        }
    }

    private bool IsThisBroker(string name) =>
        name.Length == 0 || name == configs.Options.BrokerId.Value.ToString(CultureInfo.InvariantCulture);

    private static void Add(
        DescribeConfigsResponse.DescribeConfigsResult result,
        IEnumerable<ConfigRow> rows,
        List<string>? wanted,
        DescribeConfigsRequest request,
        short version)
    {
        foreach (ConfigRow row in rows)
        {
            if (wanted is { Count: > 0 } && !wanted.Contains(row.Name)) continue;
            var described = new DescribeConfigsResponse.DescribeConfigsResourceResult
            {
                Name = row.Name,
                Value = row.Value,
                ReadOnly = row.IsReadOnly,
                ConfigSource = (sbyte)row.Source,
                IsSensitive = row.IsSensitive,
                ConfigType = (sbyte)row.Type,
                Documentation = request.IncludeDocumentation ? row.Documentation : null,
            };
            if (version == 0) described.IsDefault = row.Source == ConfigSource.Default;
            if (request.IncludeSynonyms) AddSynonyms(described, row);
            result.Configs.Add(described);
        }
    }

    private static void AddSynonyms(DescribeConfigsResponse.DescribeConfigsResourceResult described, ConfigRow row)
    {
        foreach (ConfigValue value in row.Synonyms)
            described.Synonyms.Add(new() { Name = value.Key, Value = value.Value, Source = (sbyte)value.Source });
    }
}
