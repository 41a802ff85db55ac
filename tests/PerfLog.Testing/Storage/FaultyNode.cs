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

    // What a failed flush has dropped is not among the changes any more, though readers still see it.
    public void Flush()
    {
        foreach (Change change in _unflushed) _durable = change.AppliedTo(_durable, 0, change.Bytes.Length);
        _unflushed.Clear();
    }

    /// <summary>
    /// A flush failed: as the kernel does, the changes are taken for written from now on. Readers see them until a crash,
    /// and no later flush brings them to the disk.
    /// </summary>
    public void DropUnflushed() => _unflushed.Clear();

    /// <summary>Falls back to the durable bytes and some of the changes since, whole or in sectors, as the kernel may write them.</summary>
    public void Crash(Random random, int survivalPercent)
    {
        int sectorBytes = random.Next(2) == 0 ? 512 : 4096;
        Content = _durable.ToArray();
        foreach (Change change in _unflushed)
        {
            if (change.Length is not null || random.Next(3) > 0) Survive(change, 0, change.Bytes.Length, random, survivalPercent);
            else SurviveInSectors(change, sectorBytes, random, survivalPercent);
        }

        _durable = Content.ToArray();
        _unflushed.Clear();
    }

    // A write is torn where sectors meet: each is on the disk or not.
    private void SurviveInSectors(Change change, int sectorBytes, Random random, int survivalPercent)
    {
        for (int start = 0; start < change.Bytes.Length;)
        {
            int end = Math.Min(change.Bytes.Length, ((change.Position + start) / sectorBytes + 1) * sectorBytes - change.Position);
            Survive(change, start, end, random, survivalPercent);
            start = end;
        }
    }

    private void Survive(Change change, int start, int end, Random random, int survivalPercent)
    {
        if (random.Next(100) < survivalPercent) Content = change.AppliedTo(Content, start, end);
    }

    private void Apply(Change change)
    {
        _unflushed.Add(change);
        Content = change.AppliedTo(Content, 0, change.Bytes.Length);
    }

    private sealed record Change(int Position, byte[] Bytes, int? Length)
    {
        public byte[] AppliedTo(byte[] content, int start, int end)
        {
            int length = Length ?? Math.Max(content.Length, Position + end);
            byte[] changed = content;
            if (changed.Length != length) Array.Resize(ref changed, length);
            else changed = content.ToArray();
            Bytes.AsSpan(start, end - start).CopyTo(changed.AsSpan(Math.Min(Position + start, length)));
            return changed;
        }
    }
}
