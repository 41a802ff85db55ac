namespace PerfLog.Metadata;

/// <summary>
/// Where a metadata journal's bytes lie. One owner, one call at a time. After a call that throws, nothing may be written
/// any more: what reached the disk is known only when it is read again.
/// </summary>
internal interface IJournalStorage : IDisposable
{
    /// <summary>Names the journal in error messages.</summary>
    string Name { get; }

    /// <summary>All bytes, or null when there is no journal yet.</summary>
    byte[]? Read();

    /// <summary>Adds bytes at the end; they are durable when this returns.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Drops everything from <paramref name="lengthBytes"/> on, durably.</summary>
    void Cut(long lengthBytes);

    /// <summary>Puts other bytes in the place of all there are. A crash leaves the old or the new, whole.</summary>
    void Replace(ReadOnlySpan<byte> bytes);
}
