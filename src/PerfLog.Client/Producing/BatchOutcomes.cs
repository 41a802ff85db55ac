using System.Text;
using PerfLog.Protocol.Hot;

namespace PerfLog.Client.Producing;

/// <summary>
/// Decides what becomes of a batch after an answer, or after none came: written, sent again, or given up. Called by a
/// broker's sender, for different requests at the same time.
/// </summary>
/// <param name="context">What the senders share.</param>
/// <param name="route">Takes partitions that have something to send again.</param>
internal sealed class BatchOutcomes(SenderContext context, Action<PartitionQueue> route)
{
    private ProducerOptions Options => context.Options;

    /// <summary>Takes an answer's partitions one by one. Batches that it does not name stay in the request.</summary>
    /// <returns>How long the broker wants to be left alone, in milliseconds.</returns>
    public int Read(ProduceRequestFrame request, ReadOnlySpan<byte> frame)
    {
        var answers = new ProduceResponseReader(frame, request.Version);
        while (answers.MoveNext())
        {
            int index = IndexOf(request.Batches, answers.Current);
            if (index < 0) continue;
            ProducerBatch batch = request.Batches[index];
            request.Batches.RemoveAt(index);
            Answered(batch, answers.Current);
        }

        if (answers.Failure is { } wrong) throw new IOException($"An answer to a produce request cannot be read: {wrong}.");
        if (request.Batches.Count > 0) throw new IOException("An answer to a produce request lacks a partition.");
        return answers.ThrottleTimeMs;
    }

    public void Written(ProducerBatch batch, Offset baseOffset, TimestampMs appendTime)
    {
        PartitionQueue queue = batch.Queue;
        queue.Settle();
        BatchMetrics.Told(batch, ErrorCode.None, Options.Time);
        batch.Resolve(baseOffset, appendTime, failure: null, context.Accumulator);
        if (queue.HasBatches) route(queue);
    }

    /// <summary>The request's remaining batches got no answer: they may or may not have been written.</summary>
    public void Lost(ProduceRequestFrame request, Exception failure)
    {
        bool mayPass = failure is IOException or OperationCanceledException or ObjectDisposedException;
        foreach (ProducerBatch batch in request.Batches)
        {
            if (mayPass) SendAgain(batch, ErrorCode.NetworkException, failure.Message, failure);
            else Fail(batch, ErrorCode.UnknownServerError, failure.Message, failure);
        }

        request.Batches.Clear();
        context.Cluster.RefreshSoon();
    }

    private static int IndexOf(List<ProducerBatch> batches, in ProducedAnswer answer)
    {
        for (int index = 0; index < batches.Count; index++)
        {
            PartitionQueue queue = batches[index].Queue;
            if (queue.Partition == answer.Partition && IsNamed(queue.Topic, answer.TopicUtf8)) return index;
        }

        return -1;
    }

    // Topic names are ASCII: a character is a byte.
    private static bool IsNamed(string topic, ReadOnlySpan<byte> utf8) => Ascii.Equals(utf8, topic);

    private void Answered(ProducerBatch batch, in ProducedAnswer answer)
    {
        switch (answer.Error)
        {
            case ErrorCode.None:
                Written(batch, new Offset(answer.BaseOffset), new TimestampMs(answer.LogAppendTimeMs));
                break;
            case ErrorCode.DuplicateSequenceNumber:
                Written(batch, Offset.None, TimestampMs.None);
                break;
            case ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge when batch.RecordsCount > 1:
                Halve(batch);
                break;
            case ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId or ErrorCode.InvalidProducerEpoch
                when batch.HasSequence:
                SendAgain(batch, answer.Error, Words(answer), inner: null, startsOver: batch.SentAsHead);
                break;
            case var error when ProduceErrors.MayPass(error):
                if (ProduceErrors.MeansOtherLeader(error)) context.Cluster.RefreshSoon();
                SendAgain(batch, error, Words(answer), inner: null);
                break;
            default:
                Fail(batch, answer.Error, Words(answer), inner: null);
                break;
        }
    }

    private void SendAgain(ProducerBatch batch, ErrorCode error, string reason, Exception? inner, bool startsOver = false)
    {
        bool expired = Options.Time.GetElapsedTime(batch.CreatedAt) >= Options.DeliveryTimeout;
        // One that was refused only because an earlier one was is not to blame.
        bool spent = batch.Attempts > Options.Retries && (startsOver || error != ErrorCode.OutOfOrderSequenceNumber);
        if (expired || spent)
        {
            string limit = expired
                ? $"not written within {Options.DeliveryTimeout.TotalMilliseconds} ms (delivery.timeout.ms)"
                : $"not written in {batch.Attempts} attempts (retries={Options.Retries})";
            Fail(batch, expired ? ErrorCode.RequestTimedOut : error, $"{limit}; at last: {reason}", inner);
            return;
        }

        PartitionQueue queue = batch.Queue;
        long notBefore = startsOver ? 0 : context.After(Options.RetryBackoff);
        queue.TakeBack(batch, notBefore, startsOver);
        if (startsOver) route(queue);
        else context.Later.Add(queue, notBefore);
    }

    private void Halve(ProducerBatch batch)
    {
        PartitionQueue queue = batch.Queue;
        queue.TakeBackInHalves(batch);
        // Nobody waits for it any more: this frees its memory.
        batch.Resolve(Offset.None, TimestampMs.None, failure: null, context.Accumulator);
        route(queue);
    }

    private void Fail(ProducerBatch batch, ErrorCode error, string reason, Exception? inner)
    {
        PartitionQueue queue = batch.Queue;
        queue.Settle();
        BatchMetrics.Told(batch, error, Options.Time);
        var failure = new ProduceException(error, queue.Topic, queue.Partition, reason, inner);
        batch.Resolve(Offset.None, TimestampMs.None, failure, context.Accumulator);
        if (queue.HasBatches) route(queue);
    }

    private static string Words(in ProducedAnswer answer) =>
        answer.MessageUtf8.IsEmpty ? $"the broker refused it with {answer.Error}" : Encoding.UTF8.GetString(answer.MessageUtf8);
}
