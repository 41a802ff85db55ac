using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Producers;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Gives an idempotent producer its id. Transactional ids need a transaction coordinator, which is not here.</summary>
internal sealed class InitProducerIdHandler(ProducerIdSource producerIds, ILogger logger)
    : MessageHandler<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId, 0, 5, logger)
{
    private const short NoEpoch = -1;

    protected override async ValueTask<InitProducerIdResponse> AnswerAsync(InitProducerIdRequest request, RequestContext context)
    {
        if (request.TransactionalId is { } id) return Failed(id.Length == 0 ? ErrorCode.InvalidRequest : ErrorCode.CoordinatorNotAvailable);

        // A producer that comes back after an error could go on with a raised epoch. A fresh id fences its past as well
        // and needs no memory of it.
        ProducerId? producerId = await producerIds.NextAsync();
        return producerId is { } next
            ? new InitProducerIdResponse { ProducerId = next.Value, ProducerEpoch = 0 }
            : Failed(ErrorCode.CoordinatorNotAvailable);
    }

    private static InitProducerIdResponse Failed(ErrorCode error) =>
        new() { ErrorCode = error, ProducerId = ProducerId.None.Value, ProducerEpoch = NoEpoch };
}
