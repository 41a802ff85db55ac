using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>Reads the parts that records are made of. All methods are pure but for the reader they move.</summary>
internal static class RecordFields
{
    /// <summary>A varint length, -1 for null, and that many bytes.</summary>
    public static OptionalBytes ReadOptionalBytes(scoped ref WireReader reader)
    {
        int length = reader.ReadVarint();
        if (length == -1) return OptionalBytes.Null;
        return new OptionalBytes(reader.Take(length));
    }

    /// <summary>Moves past a record's headers.</summary>
    /// <returns>Their number.</returns>
    public static int SkipHeaders(scoped ref WireReader reader, out ReadOnlySpan<byte> rawHeaders)
    {
        int count = reader.ReadVarint();
        int start = reader.Position;

        // A header takes at least two bytes; a count beyond that would only spin until the bytes run out.
        if (count < 0 || count > reader.Remaining / 2) reader.Fail("a record's count of headers does not fit its bytes");
        for (int header = 0; header < count && !reader.Failed; header++) SkipHeader(ref reader);
        rawHeaders = reader.Failed ? default : reader.Since(start);
        return reader.Failed ? 0 : count;
    }

    private static void SkipHeader(scoped ref WireReader reader)
    {
        if (ReadOptionalBytes(ref reader).IsNull) reader.Fail("a header's key is null");
        ReadOptionalBytes(ref reader);
    }
}
