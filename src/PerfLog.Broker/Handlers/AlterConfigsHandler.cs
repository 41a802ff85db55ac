using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Topics;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Replaces the whole configuration of topics and brokers: a key that is not named goes back to its default.</summary>
internal sealed class AlterConfigsHandler(ConfigAlterer alterer, ILogger logger)
    : MessageHandler<AlterConfigsRequest, AlterConfigsResponse>(ApiKey.AlterConfigs, 0, 2, logger)
{
    protected override async ValueTask<AlterConfigsResponse> AnswerAsync(AlterConfigsRequest request, RequestContext context)
    {
        var response = new AlterConfigsResponse();
        foreach (var resource in request.Resources)
        {
            (ErrorCode error, string? message) = await ReplaceAsync(resource, request.ValidateOnly);
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

    private async ValueTask<(ErrorCode Error, string? Message)> ReplaceAsync(
        AlterConfigsRequest.AlterConfigsResource resource, bool validateOnly)
    {
        var values = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var config in resource.Configs)
        {
            // A null value asks for the default, which is what leaving the key out means here.
            if (config.Value is not null) values[config.Name] = config.Value;
        }

        return await alterer.ReplaceAsync(
            (ConfigResourceType)resource.ResourceType, resource.ResourceName, values.ToImmutable(), validateOnly);
    }
}
