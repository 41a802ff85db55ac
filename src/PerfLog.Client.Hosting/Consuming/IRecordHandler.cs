using PerfLog.Client.Consuming;

namespace PerfLog.Client.Hosting;

/// <summary>
/// Does what a program does with a record. A hosted consumer hands one record over at a time, in the order of each partition. It makes
/// a handler, with a scope of services of its own, for each batch of records that a poll returns.
/// </summary>
public interface IRecordHandler<TKey, TValue>
{
    /// <summary>Handles a record. When the task completes the record counts as done.</summary>
    /// <param name="record">A view on pooled memory: of use until the task completes.</param>
    /// <param name="stopping">Is cancelled when the host stops. A handler may finish all the same; when it throws because of this,
    /// the record is not done and comes again.</param>
    ValueTask HandleAsync(ConsumedRecord<TKey, TValue> record, CancellationToken stopping);
}
