using System.Diagnostics;
using System.Text;
using PerfLog.Records;

namespace PerfLog.Client;

/// <summary>The trace that a record belongs to, in its headers, as the W3C writes it.</summary>
internal static class TraceHeaders
{
    private const string Parent = "traceparent";
    private const string State = "tracestate";

    private static ReadOnlySpan<byte> ParentUtf8 => "traceparent"u8;

    private static ReadOnlySpan<byte> StateUtf8 => "tracestate"u8;

    /// <summary>The headers and the trace's. Headers that name a trace already stay as they are.</summary>
    public static RecordHeader[] Add(ReadOnlySpan<RecordHeader> headers, Activity? activity)
    {
        if (activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } id }) return headers.ToArray();
        foreach (ref readonly RecordHeader header in headers)
        {
            if (header.Key == Parent) return headers.ToArray();
        }

        RecordHeader parent = new(Parent, Encoding.ASCII.GetBytes(id));
        return activity.TraceStateString is { Length: > 0 } state
            ? [.. headers, parent, new RecordHeader(State, Encoding.ASCII.GetBytes(state))]
            : [.. headers, parent];
    }

    public static ActivityContext Read(HeaderEnumerator headers)
    {
        string? parent = null;
        string? state = null;
        foreach (HeaderView header in headers)
        {
            if (header.KeyUtf8.SequenceEqual(ParentUtf8)) parent = Encoding.ASCII.GetString(header.Value.Span);
            else if (header.KeyUtf8.SequenceEqual(StateUtf8)) state = Encoding.ASCII.GetString(header.Value.Span);
        }

        return ActivityContext.TryParse(parent, state, isRemote: true, out ActivityContext context) ? context : default;
    }
}
