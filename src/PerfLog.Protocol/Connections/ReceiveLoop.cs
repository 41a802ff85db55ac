using System.Buffers.Binary;
using PerfLog.Buffers;

namespace PerfLog.Protocol.Connections;

/// <summary>
/// Brings each answer of one connection to the request that waits for it. It ends when the broker closes the connection, and
/// fails with whatever goes wrong. After it was started it allocates nothing but the buffers of answers that are awaited.
/// </summary>
/// <param name="responses">What the socket receives.</param>
/// <param name="inFlight">Who waits.</param>
/// <param name="peer">The broker.</param>
/// <param name="answered">Is told of each answer whose request held a slot.</param>
internal sealed class ReceiveLoop(ResponseStream responses, InFlightQueue inFlight, string peer, Action answered)
{
    public async Task RunAsync()
    {
        while (true)
        {
            int length;
            while (!responses.TryTakeLength(out length))
            {
                int bytes = await responses.ReceiveAsync().ConfigureAwait(false);
                if (bytes == 0 && responses.IsEmpty) return;
                responses.Received(NotEnd(bytes));
            }

            if (length <= responses.InPlaceBytesMax && inFlight.TryPeek(out InFlightRequest next) && next.Handler is not null)
            {
                while (!TryDispatchInPlace(length))
                    responses.Received(NotEnd(await responses.ReceiveAsync().ConfigureAwait(false)));
                continue;
            }

            BufferLease frame = responses.Begin(length, out int filled);
            try
            {
                while (filled < length) filled += NotEnd(await responses.ReceiveIntoAsync(frame.Memory[filled..]).ConfigureAwait(false));
            }
            catch
            {
                frame.Dispose();
                throw;
            }

            Dispatch(frame);
        }
    }

    private static int NotEnd(int bytes) => bytes > 0 ? bytes : throw new EndOfStreamException("the connection ended inside a response");

    private bool TryDispatchInPlace(int length)
    {
        if (!responses.TryTake(length, out ReadOnlySpan<byte> frame)) return false;
        Take(frame).Handler!.Answered(frame);
        return true;
    }

    private void Dispatch(BufferLease ownedFrame)
    {
        InFlightRequest request;
        try
        {
            request = Take(ownedFrame.Span);
        }
        catch
        {
            ownedFrame.Dispose();
            throw;
        }

        if (request.Pending is not null)
        {
            request.Pending.Complete(ownedFrame);
            return;
        }

        using (ownedFrame) request.Handler!.Answered(ownedFrame.Span);
    }

    /// <summary>The request that an answer belongs to, which is the oldest one.</summary>
    private InFlightRequest Take(ReadOnlySpan<byte> frame)
    {
        int correlationId = BinaryPrimitives.ReadInt32BigEndian(frame);
        bool expected = inFlight.TryTake(out InFlightRequest request);
        if (expected && request.HoldsSlot) answered();
        if (expected && request.CorrelationId == correlationId) return request;
        InvalidDataException failure = new($"a response with correlation id {correlationId}, which is not the next one");
        if (expected) request.Fail(new BrokerConnectionException(peer, failure.Message));
        throw failure;
    }
}
