using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Topics;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Changes single keys of topics' and brokers' configuration.</summary>
internal sealed class IncrementalAlterConfigsHandler(ConfigAlterer alterer, ILogger logger)
    : MessageHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(ApiKey.IncrementalAlterConfigs, 0, 1, logger)
{
    protected override async ValueTask<IncrementalAlterConfigsResponse> AnswerAsync(
        IncrementalAlterConfigsRequest request, RequestContext context)
    {
        var response = new IncrementalAlterConfigsResponse();
        foreach (var resource in request.Resources)
        {
            ConfigAlteration[] alterations =
                [.. resource.Configs.Select(static config => new ConfigAlteration(config.Name, (AlterOperation)config.ConfigOperation, config.Value))];
            (ErrorCode error, string? message) = await alterer.AlterAsync(
                (ConfigResourceType)resource.ResourceType, resource.ResourceName, alterations, request.ValidateOnly);
            response.Responses.Add(new()
            {
                ErrorCode = error,
                ErrorMessage = message,
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
            });
        }

        return response;
    }
}
