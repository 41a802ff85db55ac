namespace PerfLog.Testing.Storage;

/// <summary>A file of the <see cref="FaultyDevice"/>: what readers see now, and what a crash would leave.</summary>
internal sealed class FaultyNode
{
    private readonly List<Change> _unflushed = [];
    private byte[] _durable = [];

    public byte[] Content { get; private set; } = [];

    public TimestampMs LastWriteTime { get; set; }

    public void Write(long position, ReadOnlySpan<byte> bytes) => Apply(new Change((int)position, bytes.ToArray(), null));

    public void SetLength(long length) => Apply(new Change(0, [], (int)length));

    public void Flush()
    {
        _durable = Content.ToArray();
        _unflushed.Clear();
    }

    /// <summary>Falls back to the durable bytes and some of the changes since, whole or in part, as the kernel may write them.</summary>
    public void Crash(Random random, int survivalPercent)
    {
        List<Change> candidates = [.. _unflushed];
        Content = _durable.ToArray();
        foreach (Change change in candidates)
        {
            if (random.Next(100) < survivalPercent) Content = change.AppliedTo(Content, Torn(change, random));
        }

        _durable = Content.ToArray();
        _unflushed.Clear();
    }

    private static int Torn(Change change, Random random) =>
        random.Next(3) == 0 ? random.Next(change.Bytes.Length + 1) : change.Bytes.Length;

    private void Apply(Change change)
    {
        _unflushed.Add(change);
        Content = change.AppliedTo(Content, change.Bytes.Length);
    }

    private sealed record Change(int Position, byte[] Bytes, int? Length)
    {
        public byte[] AppliedTo(byte[] content, int bytesKept)
        {
            int length = Length ?? Math.Max(content.Length, Position + bytesKept);
            byte[] changed = content;
            if (changed.Length != length) Array.Resize(ref changed, length);
            else changed = content.ToArray();
            Bytes.AsSpan(0, bytesKept).CopyTo(changed.AsSpan(Math.Min(Position, length)));
            return changed;
        }
    }
}
