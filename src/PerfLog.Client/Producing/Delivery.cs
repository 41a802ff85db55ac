using System.Threading.Tasks.Sources;

namespace PerfLog.Client.Producing;

/// <summary>
/// What the sender of one record awaits. It goes back to its pool when the result was taken, so that sending allocates
/// nothing. A result that nobody takes costs no more than the object.
/// </summary>
internal sealed class Delivery(DeliveryPool pool) : IValueTaskSource<RecordMetadata>
{
    private ManualResetValueTaskSourceCore<RecordMetadata> _result;

    public ValueTask<RecordMetadata> Task => new(this, _result.Version);

    // The awaiting code runs right here: the caller is a batch's completion, which has a thread of its own.
    public void Complete(in DeliveryReport report)
    {
        if (report.Failure is null) _result.SetResult(report.Metadata);
        else _result.SetException(report.Failure);
    }

    RecordMetadata IValueTaskSource<RecordMetadata>.GetResult(short token)
    {
        bool isDone = token == _result.Version && _result.GetStatus(token) != ValueTaskSourceStatus.Pending;
        try
        {
            return _result.GetResult(token);
        }
        finally
        {
            if (isDone) GiveBack();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<RecordMetadata>.GetStatus(short token) => _result.GetStatus(token);

    void IValueTaskSource<RecordMetadata>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);

    /// <summary>Returns one that nobody got to see.</summary>
    public void GiveBack()
    {
        _result.Reset();
        pool.GiveBack(this);
    }
}

/// <summary>The deliveries of one producer that nobody uses at the moment. Any thread may call it.</summary>
internal sealed class DeliveryPool(int keptMax)
{
    private readonly Lock _lock = new();
    private readonly Stack<Delivery> _kept = new();

    public Delivery Rent()
    {
        lock (_lock)
        {
            if (_kept.TryPop(out Delivery? kept)) return kept;
        }

        return new Delivery(this);
    }

    public void GiveBack(Delivery delivery)
    {
        lock (_lock)
        {
            if (_kept.Count < keptMax) _kept.Push(delivery);
        }
    }
}
