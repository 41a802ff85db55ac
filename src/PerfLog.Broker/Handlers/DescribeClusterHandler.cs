using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Names the cluster, its brokers and its controller.</summary>
internal sealed class DescribeClusterHandler(ClusterMetadata metadata, string listener, ILogger logger)
    : MessageHandler<DescribeClusterRequest, DescribeClusterResponse>(ApiKey.DescribeCluster, 0, 1, logger)
{
    private const sbyte BrokerEndpoints = 1;

    protected override ValueTask<DescribeClusterResponse> AnswerAsync(DescribeClusterRequest request, RequestContext context)
    {
        ClusterImage image = metadata.Image;
        var response = new DescribeClusterResponse { ClusterId = image.ClusterId ?? "" };
        if (request.EndpointType != BrokerEndpoints)
        {
            response.ErrorCode = ErrorCode.UnsupportedEndpointType;
            response.ErrorMessage = "The controller has no endpoints of its own here; ask for brokers (endpoint type 1).";
            return new(response);
        }

        response.ControllerId = image.Controller.Value;
        foreach (BrokerImage broker in image.Brokers.Values)
        {
            if (broker.Find(listener) is not { } endpoint) continue;
            response.Brokers.Add(new() { BrokerId = broker.Id.Value, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack });
        }

        return new(response);
    }
}
