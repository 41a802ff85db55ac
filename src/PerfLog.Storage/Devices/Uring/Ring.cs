using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace PerfLog.Storage;

/// <summary>
/// One io_uring: operations are put in a queue, handed to the kernel many at a time, and their results taken from another
/// queue, both in memory shared with it. One thread at a time; its owner sees to that.
/// </summary>
/// <remarks>Whoever queues an operation keeps its memory and its file open until the completion with its tag has come.</remarks>
internal sealed unsafe class Ring : IDisposable
{
    private const long SubmissionPart = 0;
    private const long CompletionPart = 0x8000000;
    private const long EntriesPart = 0x10000000;
    private const uint DataOnly = 1;
    private const byte LinksNext = 4;

    private readonly int _descriptor;
    private readonly RingParameters _parameters;
    private readonly nuint _submissionBytes;
    private readonly nuint _completionBytes;
    private readonly nuint _entriesBytes;
    private readonly byte* _submission;
    private readonly byte* _completion;
    private readonly byte* _entries;
    private uint _queued;
    private bool _isDisposed;

    private Ring(int descriptor, in RingParameters parameters)
    {
        _descriptor = descriptor;
        _parameters = parameters;
        _submissionBytes = parameters.SubmissionArray + parameters.SubmissionEntries * sizeof(uint);
        _completionBytes = parameters.Completions + parameters.CompletionEntries * (uint)sizeof(RingCompletion);
        _entriesBytes = parameters.SubmissionEntries * (uint)sizeof(RingSubmission);
        _submission = RingCalls.Map(descriptor, _submissionBytes, SubmissionPart);
        _completion = RingCalls.Map(descriptor, _completionBytes, CompletionPart);
        _entries = RingCalls.Map(descriptor, _entriesBytes, EntriesPart);
    }

    /// <summary>The operations that may be under way at once.</summary>
    public int Capacity => (int)_parameters.SubmissionEntries;

    /// <summary>The operations queued or with the kernel, whose completions were not taken yet.</summary>
    public int Pending { get; private set; }

    /// <summary>Makes a ring.</summary>
    /// <param name="capacity">The operations that may be under way at once; a power of two.</param>
    /// <param name="ring">The ring.</param>
    /// <param name="refusal">Why there is none: the kernel is too old, or the container or a setting forbids it.</param>
    public static bool TryCreate(int capacity, [NotNullWhen(true)] out Ring? ring, [NotNullWhen(false)] out string? refusal)
    {
        ring = null;
        refusal = "there is no io_uring on this system";
        if (!OperatingSystem.IsLinux()) return false;
        RingParameters parameters = default;
        int descriptor = RingCalls.Setup((uint)capacity, ref parameters);
        if (descriptor < 0)
        {
            refusal = $"the kernel refuses io_uring: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
            return false;
        }

        Ring made = new(descriptor, parameters);
        if (made._submission is not null && made._completion is not null && made._entries is not null)
        {
            ring = made;
            refusal = null;
            return true;
        }

        made.Dispose();
        refusal = "io_uring's queues cannot be mapped (a limit on locked memory?)";
        return false;
    }

    /// <summary>Queues a write.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="position">Where the bytes go.</param>
    /// <param name="bytes">The first of them.</param>
    /// <param name="length">How many.</param>
    /// <param name="tag">What the completion tells again.</param>
    /// <param name="linksNext">Begin what is queued next when all bytes are written, and give it up if they are not.</param>
    public void QueueWrite(int descriptor, long position, void* bytes, int length, ulong tag, bool linksNext = false) =>
        Queue(new RingSubmission
        {
            Operation = (byte)RingOperation.Write,
            Flags = linksNext ? LinksNext : (byte)0,
            Descriptor = descriptor,
            Position = position,
            Address = (nint)bytes,
            Length = (uint)length,
            Tag = tag,
        });

    /// <summary>Queues an fdatasync. It covers writes that were complete before it began.</summary>
    public void QueueFlush(int descriptor, ulong tag) => Queue(new RingSubmission
    {
        Operation = (byte)RingOperation.Flush, Descriptor = descriptor, OperationFlags = DataOnly, Tag = tag,
    });

    /// <summary>Hands what is queued to the kernel, and waits until that many completions can be taken.</summary>
    public void Submit(int waitFor = 0)
    {
        while (_queued > 0 || waitFor > Completed)
        {
            uint flags = waitFor > 0 ? RingCalls.EnterGetEvents : 0;
            int taken = RingCalls.Enter(_descriptor, _queued, (uint)waitFor, flags);
            if (taken >= 0) _queued -= (uint)taken;
            else ThrowUnlessPassing(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Takes the next completion, if one has come.</summary>
    public bool TryTake(out RingCompletion completion)
    {
        ref uint head = ref Word(_completion, _parameters.CompletionHead);
        uint at = head;
        completion = default;

        // The kernel writes the entry before the tail, and reuses it once the head has passed.
        if (at == Volatile.Read(ref Word(_completion, _parameters.CompletionTail))) return false;
        uint mask = Word(_completion, _parameters.CompletionMask);
        completion = *((RingCompletion*)(_completion + _parameters.Completions) + (at & mask));
        Volatile.Write(ref head, at + 1);
        Pending--;
        return true;
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        RingCalls.Unmap(_submission, _submissionBytes);
        RingCalls.Unmap(_completion, _completionBytes);
        RingCalls.Unmap(_entries, _entriesBytes);
        _ = RingCalls.Close(_descriptor);
    }

    private uint Completed =>
        Volatile.Read(ref Word(_completion, _parameters.CompletionTail)) - Word(_completion, _parameters.CompletionHead);

    private void Queue(in RingSubmission submission)
    {
        // Within the capacity no completion can be lost, for the kernel's queue of them is twice as long.
        if (Pending >= Capacity) throw new InvalidOperationException($"More than {Capacity} operations in a ring.");
        ref uint tail = ref Word(_submission, _parameters.SubmissionTail);
        uint slot = tail & Word(_submission, _parameters.SubmissionMask);
        ((RingSubmission*)_entries)[slot] = submission;
        ((uint*)(_submission + _parameters.SubmissionArray))[slot] = slot;
        Volatile.Write(ref tail, tail + 1);
        _queued++;
        Pending++;
    }

    private static void ThrowUnlessPassing(int error)
    {
        if (error is RingCalls.ErrorInterrupted or RingCalls.ErrorTryAgain or RingCalls.ErrorBusy) return;
        throw new IOException($"io_uring: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    // The offsets come from the kernel and lie within what was mapped.
    private static ref uint Word(byte* part, uint offset) => ref *(uint*)(part + offset);
}
