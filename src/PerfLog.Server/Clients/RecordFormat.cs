using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using PerfLog.Client.Consuming;
using PerfLog.Records;

namespace PerfLog.Server.Clients;

/// <summary>One part of how a record is written.</summary>
internal delegate void RecordPart(IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record);

/// <summary>How a record is written: by kcat's letters, <c>%t</c> topic, <c>%s</c> value and so on, or of given parts. Immutable.</summary>
internal sealed class RecordFormat(IReadOnlyList<RecordPart> parts)
{
    /// <param name="layout">kcat's letters, with text between them.</param>
    /// <param name="nullText">What stands for a key or value that there is none of.</param>
    /// <exception cref="UsageException">A letter means nothing.</exception>
    public static RecordFormat Parse(string layout, byte[] nullText)
    {
        List<RecordPart> parts = [];
        List<byte> text = [];
        for (int index = 0; index < layout.Length;)
        {
            if (layout[index] != '%' || index + 1 == layout.Length)
            {
                index += EscapedText.Add(layout.AsSpan(index), text);
                continue;
            }

            char letter = layout[index + 1];
            index += 2;
            if (letter == '%')
            {
                text.Add((byte)letter);
                continue;
            }

            AddText(parts, text);
            parts.Add(Field(letter, nullText));
        }

        AddText(parts, text);
        return new RecordFormat(parts);
    }

    public void Write(IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record)
    {
        foreach (RecordPart part in parts) part(output, record);
    }

    public static RecordPart Text(byte[] bytes) =>
        (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> _) => output.Write(bytes);

    public static RecordPart Key(byte[] nullText) =>
        (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) =>
            output.Write(record.HasKey ? record.KeyBytes.Span : nullText);

    public static RecordPart Value(byte[] nullText) =>
        (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) =>
            output.Write(record.HasValue ? record.ValueBytes.Span : nullText);

    public static void Number(IBufferWriter<byte> output, long number)
    {
        const int DigitsMax = 20;
        number.TryFormat(output.GetSpan(DigitsMax), out int written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    /// <summary>All headers.</summary>
    /// <param name="between">What stands between two.</param>
    /// <param name="keySeparator">What stands between key and value.</param>
    /// <param name="nullText">What stands for a value that there is none of.</param>
    /// <param name="none">What stands for no headers.</param>
    public static RecordPart Headers(byte[] between, byte[] keySeparator, byte[] nullText, byte[] none) =>
        (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) =>
        {
            if (record.HeadersCount == 0) output.Write(none);
            bool isFirst = true;
            foreach (HeaderView header in record.Headers)
            {
                if (!isFirst) output.Write(between);
                isFirst = false;
                output.Write(header.KeyUtf8);
                output.Write(keySeparator);
                output.Write(header.Value.HasValue ? header.Value.Span : nullText);
            }
        };

    private static void AddText(List<RecordPart> parts, List<byte> text)
    {
        if (text.Count > 0) parts.Add(Text([.. text]));
        text.Clear();
    }

    private static RecordPart Field(char letter, byte[] nullText) => letter switch
    {
        't' => static (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) => Encoding.UTF8.GetBytes(record.Topic, output),
        'p' => static (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) => Number(output, record.Partition),
        'o' => static (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) => Number(output, record.Offset.Value),
        'T' => static (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) => Number(output, record.Timestamp.Value),
        'k' => Key(nullText),
        's' => Value(nullText),
        'K' => static (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) => Number(output, KeyLength(record)),
        'S' => static (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) => Number(output, ValueLength(record)),
        'R' => static (IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) => Binary(output, ValueLength(record)),
        'h' => Headers(","u8.ToArray(), "="u8.ToArray(), "NULL"u8.ToArray(), none: []),
        _ => throw new UsageException($"--format: %{letter} means nothing; there are %t %p %o %T %k %s %K %S %R %h and %%."),
    };

    private static int KeyLength(in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) => record.HasKey ? record.KeyBytes.Length : -1;

    private static int ValueLength(in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record) => record.HasValue ? record.ValueBytes.Length : -1;

    private static void Binary(IBufferWriter<byte> output, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), number);
        output.Advance(sizeof(int));
    }
}
