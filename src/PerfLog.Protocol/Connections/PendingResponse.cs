using PerfLog.Buffers;

namespace PerfLog.Protocol.Connections;

/// <summary>
/// A request that was sent and whose answer somebody awaits. The receive loop completes it; the sender awaits it or gives it
/// up, and then whoever of the two comes last returns the buffer.
/// </summary>
/// <param name="continuesInline">Whether what follows the await may run on the receive loop; user code must not.</param>
internal sealed class PendingResponse(bool continuesInline)
{
    private readonly TaskCompletionSource<BufferLease> _response =
        new(continuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it waits, or waited, for an answer; set by the queue.</summary>
    public bool IsQueued { get; set; }

    public Task<BufferLease> Response => _response.Task;

    public void Complete(BufferLease ownedResponse)
    {
        if (!_response.TrySetResult(ownedResponse)) ownedResponse.Dispose();
    }

    public void Fail(Exception failure) => _response.TrySetException(failure);

    public void GiveUp()
    {
        if (_response.TrySetCanceled()) return;
        if (_response.Task.IsCompletedSuccessfully) _response.Task.Result.Dispose();
        else _ = _response.Task.Exception; // Seen: the sender throws it, or a reason of its own.
    }
}
