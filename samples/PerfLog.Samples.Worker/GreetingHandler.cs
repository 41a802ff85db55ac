using Microsoft.Extensions.Logging;
using PerfLog.Client.Consuming;
using PerfLog.Client.Hosting;

namespace PerfLog.Samples.Worker;

/// <summary>Logs each greeting. Throwing would stop the host: the record is committed only when this has finished.</summary>
internal sealed partial class GreetingHandler(ILogger<GreetingHandler> logger) : IRecordHandler<string, string>
{
    public ValueTask HandleAsync(ConsumedRecord<string, string> record, CancellationToken stopping)
    {
        Arrived(record.TopicPartition, record.Offset.Value, record.Key, record.Value);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "{Partition} {Offset}: {Key} = {Value}")]
    private partial void Arrived(TopicPartition partition, long offset, string key, string value);
}
