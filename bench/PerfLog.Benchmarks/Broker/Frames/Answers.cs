using PerfLog.Wire;

namespace PerfLog.Benchmarks.Broker.Frames;

/// <summary>
/// Reads the few fields of answers that show whether the broker did what was asked: a figure of refused requests would
/// be worth nothing. Pure, and without allocation where all is well.
/// </summary>
internal static class Answers
{
    /// <summary>The bytes that hold all fields before the records of a fetch answer for one short topic name.</summary>
    public const int FetchHeadBytesMax = 256;

    /// <returns>The offset of the batch's first record.</returns>
    public static long Produced(ReadOnlySpan<byte> answer)
    {
        var reader = new WireReader(answer);
        reader.ReadInt32();                                    // correlation id
        reader.SkipTaggedFields();
        reader.ReadUnsignedVarint();                           // topics: one
        reader.ReadStringBytes(compact: true, out _);
        reader.ReadUnsignedVarint();                           // partitions: one
        reader.ReadInt32();
        Require((ErrorCode)reader.ReadInt16(), "Produce");
        long baseOffset = reader.ReadInt64();
        RequireWhole(reader);
        return baseOffset;
    }

    /// <param name="head">The first bytes of the answer.</param>
    /// <returns>The bytes of records.</returns>
    public static int Fetched(ReadOnlySpan<byte> head)
    {
        var reader = new WireReader(head);
        reader.ReadInt32();                                    // correlation id
        reader.SkipTaggedFields();
        reader.ReadInt32();                                    // throttle time
        Require((ErrorCode)reader.ReadInt16(), "Fetch");
        reader.ReadInt32();                                    // session
        reader.ReadUnsignedVarint();                           // topics: one
        reader.ReadStringBytes(compact: true, out _);
        reader.ReadUnsignedVarint();                           // partitions: one
        reader.ReadInt32();
        Require((ErrorCode)reader.ReadInt16(), "Fetch");
        reader.Skip(3 * sizeof(long));                         // high watermark, last stable offset, log start offset
        reader.ReadUnsignedVarint();                           // aborted transactions: none
        reader.ReadInt32();                                    // preferred replica
        uint recordsLength = reader.ReadUnsignedVarint();      // one more than the bytes; 0 for null
        RequireWhole(reader);
        return recordsLength == 0 ? 0 : (int)recordsLength - 1;
    }

    public static void CreatedTopic(ReadOnlySpan<byte> answer)
    {
        var reader = new WireReader(answer);
        reader.ReadInt32();                                    // correlation id
        reader.ReadInt32();                                    // throttle time
        reader.ReadInt32();                                    // topics: one
        reader.ReadStringBytes(compact: false, out _);
        Require((ErrorCode)reader.ReadInt16(), "CreateTopics");
        RequireWhole(reader);
    }

    public static void ApiVersions(ReadOnlySpan<byte> answer)
    {
        var reader = new WireReader(answer);
        reader.ReadInt32();                                    // correlation id
        Require((ErrorCode)reader.ReadInt16(), "ApiVersions");
        int keys = reader.ReadInt32();
        RequireWhole(reader);
        if (keys == 0) throw new InvalidDataException("The broker serves no requests.");
    }

    public static void Require(ErrorCode error, string request)
    {
        if (error != ErrorCode.None) throw new InvalidDataException($"The broker answered {request} with {error}.");
    }

    public static void RequireWhole(in WireReader reader)
    {
        if (reader.Failed) throw new InvalidDataException($"The broker's answer cannot be read: {reader.Failure}.");
    }
}
