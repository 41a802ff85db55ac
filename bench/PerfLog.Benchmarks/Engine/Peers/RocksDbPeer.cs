using System.Buffers.Binary;
using RocksDbSharp;

namespace PerfLog.Benchmarks.Engine.Peers;

/// <summary>RocksDB with its write-ahead log, by keys that grow: what it does for a log's records, one put each.</summary>
internal static class RocksDbPeer
{
    private const ulong MemoryBytes = 512UL << 20;

    public static RecordRound Append(string path, byte[] record, int records)
    {
        DbOptions options = new DbOptions().SetCreateIfMissing().SetWriteBufferSize(MemoryBytes);
        using RocksDb database = RocksDb.Open(options, path);
        WriteOptions writing = new WriteOptions().SetSync(false);
        byte[] key = new byte[sizeof(long)];
        return RecordRound.Of(
            (long)record.Length * records,
            () =>
            {
                for (int i = 0; i < records; i++)
                {
                    BinaryPrimitives.WriteInt64BigEndian(key, i);
                    database.Put(key, record, null, writing);
                }
            },
            () => database.Put(key, record, null, new WriteOptions().SetSync(true)));   // flushes all of the log before it
    }
}
