using System.Buffers;
using PerfLog.Wire;

namespace PerfLog.Metadata;

/// <summary>
/// The body of a frame of transactions that were committed together.
/// <code>
/// kind int8 = 2 | transactions int32 | transactions × transaction
/// transaction: zxid int64 | time int64 | session int64 | changes int32 | changes × change
/// change: kind int8 | path compact string | expected version int32 or mode int8 | data compact bytes
///         (create: mode, data; set: version, data; delete and check: version)
/// </code>
/// </summary>
internal static class TransactionCodec
{
    public const byte Kind = 2;
    private const byte CreateKind = 1;
    private const byte SetDataKind = 2;
    private const byte DeleteKind = 3;
    private const byte CheckKind = 4;
    private const int TransactionFixedBytes = (3 * sizeof(long)) + sizeof(int);
    private const int ChangeBytesMin = 4;

    public static ReadOnlySpan<byte> Write(IReadOnlyList<ZnodeTransaction> transactions)
    {
        var body = new ArrayBufferWriter<byte>();
        var start = new WireWriter(body.GetSpan(5));
        start.WriteByte(Kind);
        start.WriteInt32(transactions.Count);
        body.Advance(start.Position);
        foreach (ZnodeTransaction transaction in transactions) WriteTransaction(body, transaction);
        return body.WrittenSpan;
    }

    /// <summary>Reads the transactions, or says what is wrong.</summary>
    public static IReadOnlyList<ZnodeTransaction> Read(ReadOnlySpan<byte> body, out string? failure)
    {
        var reader = new WireReader(body);
        if (reader.ReadByte() != Kind) reader.Fail("the frame has no transactions");
        int count = reader.ReadArrayLength(compact: false, TransactionFixedBytes);
        var transactions = new List<ZnodeTransaction>(count);
        for (int index = 0; index < count && !reader.Failed; index++) transactions.Add(ReadTransaction(ref reader));
        if (reader.Remaining > 0) reader.Fail("bytes follow the last transaction");
        failure = reader.Failure;
        return transactions;
    }

    private static void WriteTransaction(ArrayBufferWriter<byte> body, ZnodeTransaction transaction)
    {
        var writer = new WireWriter(body.GetSpan(TransactionFixedBytes));
        writer.WriteInt64(transaction.Zxid.Value);
        writer.WriteInt64(transaction.Time.Value);
        writer.WriteInt64(transaction.Session.Value);
        writer.WriteInt32(transaction.Changes.Count);
        body.Advance(writer.Position);
        foreach (ZnodeChange change in transaction.Changes) WriteChange(body, change);
    }

    private static void WriteChange(ArrayBufferWriter<byte> body, ZnodeChange change)
    {
        const int lengthFieldsAndFixedBytesMax = 16;
        var writer = new WireWriter(body.GetSpan(change.SizeBytes + lengthFieldsAndFixedBytesMax));
        switch (change)
        {
            case ZnodeChange.Create create:
                writer.WriteByte(CreateKind);
                writer.WriteString(create.Path, compact: true);
                writer.WriteByte((byte)create.Mode);
                writer.WriteBytes(create.Data.Span, compact: true);
                break;
            case ZnodeChange.SetData set:
                WriteVersioned(ref writer, SetDataKind, set.Path, set.Expected);
                writer.WriteBytes(set.Data.Span, compact: true);
                break;
            case ZnodeChange.Delete delete:
                WriteVersioned(ref writer, DeleteKind, delete.Path, delete.Expected);
                break;
            case ZnodeChange.Check check:
                WriteVersioned(ref writer, CheckKind, check.Path, check.Expected);
                break;
            default:
                throw new InvalidOperationException($"Unknown change {change.GetType().Name}.");
        }

        body.Advance(writer.Position);
    }

    private static void WriteVersioned(ref WireWriter writer, byte kind, string path, ZnodeVersion expected)
    {
        writer.WriteByte(kind);
        writer.WriteString(path, compact: true);
        writer.WriteInt32(expected.Value);
    }

    private static ZnodeTransaction ReadTransaction(ref WireReader reader)
    {
        var zxid = new Zxid(reader.ReadInt64());
        var time = new TimestampMs(reader.ReadInt64());
        var session = new SessionId(reader.ReadInt64());
        int count = reader.ReadArrayLength(compact: false, ChangeBytesMin);
        var changes = new List<ZnodeChange>(count);
        for (int index = 0; index < count && !reader.Failed; index++)
        {
            if (ReadChange(ref reader) is { } change) changes.Add(change);
        }

        return new ZnodeTransaction(zxid, time, session, changes);
    }

    private static ZnodeChange? ReadChange(ref WireReader reader)
    {
        byte kind = reader.ReadByte();
        string path = reader.ReadString(compact: true);
        if (!reader.Failed && !ZnodePath.TryValidate(path, out _)) reader.Fail("a change has an invalid path");
        if (reader.Failed) return null;
        switch (kind)
        {
            case CreateKind:
                var mode = (ZnodeMode)reader.ReadByte();
                return new ZnodeChange.Create(path, reader.ReadBytes(compact: true).ToArray(), mode);
            case SetDataKind:
                var expected = new ZnodeVersion(reader.ReadInt32());
                return new ZnodeChange.SetData(path, reader.ReadBytes(compact: true).ToArray(), expected);
            case DeleteKind:
                return new ZnodeChange.Delete(path, new ZnodeVersion(reader.ReadInt32()));
            case CheckKind:
                return new ZnodeChange.Check(path, new ZnodeVersion(reader.ReadInt32()));
            default:
                reader.Fail("a change is of an unknown kind");
                return null;
        }
    }
}
