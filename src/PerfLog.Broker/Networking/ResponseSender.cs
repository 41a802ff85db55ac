using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using PerfLog.Polling;
using PerfLog.Storage;

namespace PerfLog.Broker.Networking;

/// <summary>
/// Puts answers on one socket. Small pieces are gathered into one send; large memory is sent from where it lies; large file
/// regions go by sendfile. One thread at a time uses it.
/// </summary>
internal sealed class ResponseSender(IConnectionSocket socket)
{
    private const int GatherBytes = 64 * 1024;

    // Below this a read into the gathered bytes costs less than the extra system calls of sendfile.
    private const int SendFileBytesMin = 16 * 1024;

    // One call never holds the thread for longer than about this many bytes take.
    private const int SendFileBytesMax = 1024 * 1024;

    private byte[] _gathered = [];
    private int _gatheredBytes;
    private long _sentBytes;

    /// <summary>All bytes that the socket took so far; any thread may look whether it grows.</summary>
    public long SentBytes => Volatile.Read(ref _sentBytes);

    public bool HasGathered => _gatheredBytes > 0;

    /// <summary>Takes an answer: afterwards it is sent or copied, and its buffers may be reused.</summary>
    public ValueTask AppendAsync(ResponseBuffer response)
    {
        if (response.SpliceCount == 0 && TryGather(response.Memory.Span)) return ValueTask.CompletedTask;
        return AppendPiecesAsync(response);
    }

    /// <summary>Sends what was gathered.</summary>
    public async ValueTask FlushAsync()
    {
        if (_gatheredBytes == 0) return;
        int bytes = _gatheredBytes;
        _gatheredBytes = 0;
        await SendAsync(_gathered.AsMemory(0, bytes));
    }

    /// <summary>Gives the buffer back while the connection has nothing to send.</summary>
    public void Rest()
    {
        if (_gathered.Length > 0) ArrayPool<byte>.Shared.Return(_gathered);
        _gathered = [];
        _gatheredBytes = 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AppendPiecesAsync(ResponseBuffer response)
    {
        int position = 0;
        for (int index = 0; index < response.SpliceCount; index++)
        {
            ResponseBuffer.Splice splice = response.SpliceAt(index);
            await AppendMemoryAsync(response.Memory[position..splice.Position]);
            await AppendRegionAsync(splice.Region);
            position = splice.Position;
        }

        await AppendMemoryAsync(response.Memory[position..]);
    }

    private async ValueTask AppendMemoryAsync(ReadOnlyMemory<byte> memory)
    {
        if (TryGather(memory.Span)) return;
        await FlushAsync();
        if (TryGather(memory.Span)) return;
        await SendAsync(memory);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AppendRegionAsync(FileRegion region)
    {
        if (region.Length >= SendFileBytesMin || !HasRoomFor(region.Length)) await FlushAsync();
        if (region.Length < SendFileBytesMin) GatherRegion(region);
        else if (region.Handle is { } file) await SendByFileAsync(region, file);
        else await CopyRegionAsync(region, 0, region.Length);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await socket.SendAsync(bytes);
        Count(bytes.Length);
    }

    private void Count(int bytes) => Volatile.Write(ref _sentBytes, _sentBytes + bytes);

    private bool HasRoomFor(int bytes) => _gatheredBytes + bytes <= GatherBytes;

    private bool TryGather(ReadOnlySpan<byte> bytes)
    {
        if (!HasRoomFor(bytes.Length)) return false;
        RentGathered();
        bytes.CopyTo(_gathered.AsSpan(_gatheredBytes));
        _gatheredBytes += bytes.Length;
        return true;
    }

    private void GatherRegion(FileRegion region)
    {
        RentGathered();
        ReadFully(region, 0, _gathered.AsSpan(_gatheredBytes, region.Length));
        _gatheredBytes += region.Length;
    }

    private void RentGathered()
    {
        if (_gathered.Length == 0) _gathered = ArrayPool<byte>.Shared.Rent(GatherBytes);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendByFileAsync(FileRegion region, SafeFileHandle file)
    {
        int sent = 0;
        while (sent < region.Length)
        {
            int taken = await socket.SendFileAsync(
                file, (long)region.Position.Value + sent, Math.Min(region.Length - sent, SendFileBytesMax));
            sent += taken;
            Count(taken);
            if (taken > 0) continue;
            int piece = Math.Min(region.Length - sent, SendFileBytesMin);
            await CopyRegionAsync(region, sent, piece);
            sent += piece;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask CopyRegionAsync(FileRegion region, int start, int bytes)
    {
        RentGathered();
        int end = start + bytes;
        while (start < end)
        {
            Memory<byte> piece = _gathered.AsMemory(0, Math.Min(end - start, GatherBytes));
            ReadFully(region, start, piece.Span);
            await SendAsync(piece);
            start += piece.Length;
        }
    }

    private static void ReadFully(FileRegion region, int start, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = region.File!.Read((long)region.Position.Value + start + done, destination[done..]);
            if (read == 0) throw new IOException($"{region.File.Path} ends inside a region that was published for reading.");
            done += read;
        }
    }
}
