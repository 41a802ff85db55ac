using System.Buffers.Binary;
using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>
/// A disk that has spoiled the offset indexes: they answer the next entry's position. Who trusts them starts to read too late.
/// </summary>
public sealed class MisleadingIndexDevice(TimeProvider time) : ForwardingDevice(new MemoryDevice(time))
{
    private const int EntryBytes = 8;

    /// <inheritdoc/>
    public override string Name => "misleading";

    /// <inheritdoc/>
    public override IMappedFile Map(string path, int capacityBytes)
    {
        IMappedFile honest = base.Map(path, capacityBytes);
        return path.EndsWith(".index", StringComparison.Ordinal) ? new Misleading(honest) : honest;
    }

    private sealed class Misleading(IMappedFile honest) : IMappedFile
    {
        public ReadOnlySpan<byte> Bytes
        {
            get
            {
                byte[] bytes = honest.Bytes.ToArray();
                for (int at = 0; at + 2 * EntryBytes <= bytes.Length; at += EntryBytes)
                {
                    int next = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + EntryBytes + 4));
                    if (next > 0) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at + 4), next);
                }

                return bytes;
            }
        }

        public Span<byte> Reserve(int position, int length) => honest.Reserve(position, length);

        public void Trim(int length) => honest.Trim(length);

        public void Flush() => honest.Flush();

        public void Dispose() => honest.Dispose();
    }
}
