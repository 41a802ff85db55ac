using System.Diagnostics.CodeAnalysis;

namespace PerfLog.Records;

/// <summary>Bytes are not what a record type or one of its fields expects. The message names both.</summary>
public sealed class RecordMismatchException : FormatException
{
    /// <param name="subject">The type's name, or the type's and the field's with a dot between.</param>
    /// <param name="reason">The second half of a sentence that the subject starts.</param>
    public RecordMismatchException(string subject, string reason)
        : base($"{subject} {reason}") => Subject = subject;

    /// <summary>The record type's name; with a dot and the field's name behind it when one field is wrong.</summary>
    public string Subject { get; }
}

/// <summary>What emitted code throws, outside its own methods so that those stay small.</summary>
internal static class RecordFault
{
    [DoesNotReturn]
    public static void Part(string field, int start, uint slot, int bytes) =>
        throw new RecordMismatchException(field, $"claims bytes {start} to {slot & ~LogRecordReader.NullBit} of a record of {bytes}");

    [DoesNotReturn]
    public static void Text(string field) => throw new RecordMismatchException(field, "is no UTF-8 text");

    public static RecordMismatchException Value(string field, string type, long value) =>
        new(field, $"holds {value}, which is no {type}");

    public static RecordMismatchException Width(string field, int bytes, int width) =>
        new(field, $"has {bytes} bytes, which is no multiple of its elements' {width}");

    public static RecordMismatchException Count(string field, uint count, int bytes) =>
        new(field, $"claims {count} elements in {bytes} bytes");
}
