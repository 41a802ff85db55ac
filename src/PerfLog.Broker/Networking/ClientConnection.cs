using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using PerfLog.Polling;
using PerfLog.Protocol;

namespace PerfLog.Broker.Networking;

/// <summary>
/// One client's connection: a receive loop that hands frames to the router in order of arrival, and a sender that puts
/// answers out in the same order. Requests overlap; whoever completes the oldest one, and finds no sender at work, sends.
/// Owned by its listener.
/// </summary>
internal sealed partial class ClientConnection
{
    // The work that such a frame makes is many times that of sending its answer by itself.
    private const int LongFrameBytes = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly RequestQueue _queue = new();
    private readonly Stack<RequestContext> _free = new();
    private readonly IConnectionSocket _socket;
    private readonly ResponseSender _sender;
    private readonly ConnectionLimits _limits;
    private readonly RequestRouter _router;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private TaskCompletionSource? _roomWanted;
    private long _queuedBytes;
    private long _activeAt;
    private long _frameBeganAt;
    private long _sentAt;
    private long _sentBytesSeen;
    private bool _isSending;
    private bool _isCorked;
    private bool _isClosed;

    public ClientConnection(
        IConnectionSocket ownedSocket, ConnectionLimits limits, RequestRouter router, TimeProvider time, ILogger logger)
    {
        _socket = ownedSocket;
        _sender = new ResponseSender(ownedSocket);
        _limits = limits;
        _router = router;
        _time = time;
        _logger = logger;
        _activeAt = _sentAt = time.GetTimestamp();
        RemoteEndPoint = ownedSocket.RemoteEndPoint;
    }

    public EndPoint? RemoteEndPoint { get; }

    /// <summary>The client id of the last request, kept so that equal ids need no new string.</summary>
    public string LastClientId { get; set; } = "";

    /// <summary>Nothing can be answered any more.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Serves the connection until the peer leaves, the stream breaks or <see cref="Close"/> is called.</summary>
    public async Task RunAsync()
    {
        using var frames = new FrameBuffer(_limits.FrameBytesMax);
        try
        {
            await ReceiveAsync(frames);
        }
        catch (Exception error) when (IsPeerGone(error))
        {
            // The peer is gone, or we closed: nothing is left to be said to it.
        }
        catch (Exception error)
        {
            LogBroken(error, RemoteEndPoint);
        }
        finally
        {
            Close(null);
        }
    }

    /// <summary>Ends the connection and drops what was not yet answered. Any thread may call it, more than once.</summary>
    /// <param name="reason">For the log; null when the peer left by itself.</param>
    public void Close(string? reason)
    {
        List<IDelayedRequest> delayed = [];
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _queue.CollectDelayed(delayed);
        }

        if (reason is not null) LogClosed(RemoteEndPoint, reason);
        _socket.Dispose();
        _roomWanted?.TrySetCanceled();
        foreach (IDelayedRequest request in delayed) request.Abandon();
        OnCompleted(0);
    }

    /// <summary>Why the connection must be closed now for want of progress; null while it may live.</summary>
    public string? Overdue()
    {
        long frameBeganAt = Volatile.Read(ref _frameBeganAt);
        if (frameBeganAt != 0 && IsOverdue(frameBeganAt)) return "a frame did not arrive whole within connections.max.idle.ms";
        lock (_gate)
        {
            // A large answer over a slow line takes its time; only a peer that takes nothing at all is stuck.
            if (_sender.SentBytes != _sentBytesSeen) _sentAt = _time.GetTimestamp();
            _sentBytesSeen = _sender.SentBytes;
            if (_isSending) return IsOverdue(_sentAt) ? "it read no answer for longer than connections.max.idle.ms" : null;
            if (_queue.Count > 0) return null;

            // A fetch may have waited long for its answer: the peer is idle from the answer on.
            if (!IsOverdue(_sentAt)) return null;
        }

        return IsOverdue(Volatile.Read(ref _activeAt)) ? "idle for longer than connections.max.idle.ms" : null;
    }

    /// <summary>Takes a request in; it is answered after all that were taken in before it.</summary>
    internal RequestContext Enqueue(
        ApiKey key, short version, int correlationId, string clientId, ReceiveBlock block, Memory<byte> body)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out RequestContext? context)) context = new RequestContext(this);
            context.Begin(key, version, correlationId, clientId, block, body);
            _queue.Enqueue(context);
            return context;
        }
    }

    /// <summary>A request of this connection has its answer, of so many bytes of memory.</summary>
    internal void OnCompleted(int responseBytes)
    {
        lock (_gate)
        {
            _queuedBytes += responseBytes;
            if (!TryBecomeSender()) return;
        }

        _ = SendReadyAsync();
    }

    private bool IsOverdue(long timestamp) => _time.GetElapsedTime(timestamp).TotalMilliseconds > _limits.IdleMsMax;

    private static bool IsPeerGone(Exception error) =>
        error is SocketException or ObjectDisposedException or OperationCanceledException;

    private async Task ReceiveAsync(FrameBuffer frames)
    {
        while (true)
        {
            int received = await _socket.ReceiveAsync(frames.FreeSpace());
            if (received == 0) return;
            long now = _time.GetTimestamp();
            Volatile.Write(ref _activeAt, now);
            frames.Advance(received);
            string? error;
            while (!TryHandleFrames(frames, out error)) await WaitForRoomAsync();
            if (error is not null)
            {
                Close(error);
                return;
            }

            // The time of a frame's first byte stays until the frame is whole, so that trickling bytes win nothing.
            if (!frames.HasPartialFrame) Volatile.Write(ref _frameBeganAt, 0);
            else if (_frameBeganAt == 0) Volatile.Write(ref _frameBeganAt, now);
        }
    }

    /// <summary>Handles the whole frames that are there. Answers that are ready at once leave together at the end, those to long frames only where more waits in the socket.</summary>
    /// <returns>False when too much is in flight: call again when there is room.</returns>
    private bool TryHandleFrames(FrameBuffer frames, out string? error)
    {
        SetCork();
        error = null;
        bool hasRoom = true;
        while (error is null && (hasRoom = HasRoom()) && frames.TryTake(out Memory<byte> frame, out error))
        {
            Volatile.Write(ref _frameBeganAt, 0);
            error = _router.Route(this, frames.Block, frame);
            if (frame.Length < LongFrameBytes || frames.WasFilled) continue;

            // All that the peer sent is here: it goes on with this answer while the next frame is worked at. Where more
            // waits in the socket the peer waits for nothing, and answers that leave together wake it once.
            Uncork();
            SetCork();
        }

        Uncork();
        return hasRoom || error is not null;
    }

    private void SetCork()
    {
        lock (_gate) _isCorked = true;
    }

    private void Uncork()
    {
        lock (_gate)
        {
            _isCorked = false;
            if (!TryBecomeSender()) return;
        }

        _ = SendReadyAsync();
    }

    private bool HasRoom()
    {
        lock (_gate) return HasRoomNow();
    }

    private bool HasRoomNow() => _queue.Count < _limits.InFlightMax && _queuedBytes < _limits.QueuedResponseBytesMax;

    private Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (HasRoomNow()) return Task.CompletedTask;
            _roomWanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _roomWanted.Task;
        }
    }

    /// <summary>Call under the lock.</summary>
    private bool TryBecomeSender()
    {
        if (_isSending || _isCorked || !_queue.IsHeadReady) return false;
        _isSending = true;
        _sentAt = _time.GetTimestamp();
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendReadyAsync()
    {
        while (TryTakeReady() is { } context)
        {
            try
            {
                // After the end there is nobody to send to, but the answers' buffers and files must still be let go.
                if (!IsClosed) await SendAsync(context);
            }
            catch (Exception error) when (IsPeerGone(error))
            {
                Close(null);
            }
            catch (Exception error)
            {
                LogBroken(error, RemoteEndPoint);
                Close("an answer could not be sent");
            }

            Recycle(context);
        }
    }

    /// <summary>The next answer, or the mark to send what was gathered; null ends the sender's work.</summary>
    private RequestContext? TryTakeReady()
    {
        lock (_gate)
        {
            RequestContext? context = _queue.TryDequeueReady();
            if (context is not null) return context;
            if (_sender.HasGathered && !_isClosed) return RequestContext.FlushMark;
            _sender.Rest();
            _isSending = false;
            return null;
        }
    }

    private ValueTask SendAsync(RequestContext context)
    {
        if (ReferenceEquals(context, RequestContext.FlushMark)) return _sender.FlushAsync();
        if (context.CloseReason is { } reason) return FlushAndCloseAsync(reason);
        return context.Response.Length > 0 ? _sender.AppendAsync(context.Response) : ValueTask.CompletedTask;
    }

    private async ValueTask FlushAndCloseAsync(string reason)
    {
        await _sender.FlushAsync();
        Close(reason);
    }

    private void Recycle(RequestContext context)
    {
        if (ReferenceEquals(context, RequestContext.FlushMark)) return;
        TaskCompletionSource? roomWanted = null;
        lock (_gate)
        {
            _queuedBytes -= context.Response.Length;
            _sentAt = _time.GetTimestamp();
            context.Recycle();
            _free.Push(context);
            if (_roomWanted is not null && HasRoomNow()) (roomWanted, _roomWanted) = (_roomWanted, null);
        }

        roomWanted?.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection from {Peer} closed: {Reason}")]
    private partial void LogClosed(EndPoint? peer, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Connection from {Peer} failed")]
    private partial void LogBroken(Exception error, EndPoint? peer);
}
