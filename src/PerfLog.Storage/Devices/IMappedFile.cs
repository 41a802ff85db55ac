namespace PerfLog.Storage;

/// <summary>
/// A file seen as memory: how indexes are searched without system calls. One thread writes, any number read what the
/// writer published. The mapping must outlive its readers; its owner sees to that by counting them.
/// </summary>
public interface IMappedFile : IDisposable
{
    /// <summary>The bytes readable now. What lies past those that the writer published means nothing.</summary>
    ReadOnlySpan<byte> Bytes { get; }

    /// <summary>
    /// Memory to write to. The space on the disk is taken before this returns: a store to a mapped page that the disk
    /// has no room for would end the process instead of failing.
    /// </summary>
    Span<byte> Reserve(int position, int length);

    /// <summary>Shortens the file to its used part. The mapping stays readable up to there.</summary>
    void Trim(int length);

    /// <summary>Makes what was written durable.</summary>
    void Flush();
}
