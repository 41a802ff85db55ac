using System.Buffers;
using System.Globalization;
using System.Text;
using PerfLog.Client.Consuming;
using PerfLog.Records;

namespace PerfLog.Server.Clients;

/// <summary>How a record is written, by kcat's letters: <c>%t</c> topic, <c>%s</c> value and so on. Immutable.</summary>
internal sealed class RecordFormat
{
    private readonly List<Action<IBufferWriter<byte>, ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>> _parts = [];

    private RecordFormat()
    {
    }

    /// <exception cref="CommandException">A letter means nothing.</exception>
    public static RecordFormat Parse(string layout)
    {
        RecordFormat format = new();
        StringBuilder text = new();
        for (int index = 0; index < layout.Length; index++)
        {
            char letter = layout[index];
            if (letter == '\\' && index + 1 < layout.Length) text.Append(Escaped(layout[++index]));
            else if (letter == '%' && index + 1 < layout.Length && layout[index + 1] == '%') text.Append(layout[++index]);
            else if (letter == '%' && index + 1 < layout.Length) format.AddField(text, layout[++index]);
            else text.Append(letter);
        }

        format.AddText(text);
        return format;
    }

    public void Write(IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record)
    {
        foreach (Action<IBufferWriter<byte>, ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> part in _parts) part(output, record);
    }

    private static char Escaped(char letter) => letter switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '0' => '\0', _ => letter };

    private void AddText(StringBuilder text)
    {
        if (text.Length == 0) return;
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        text.Clear();
        _parts.Add((output, _) => output.Write(bytes));
    }

    private void AddField(StringBuilder text, char letter)
    {
        AddText(text);
        _parts.Add(letter switch
        {
            't' => static (output, record) => Encoding.UTF8.GetBytes(record.Topic, output),
            'p' => static (output, record) => Number(output, record.Partition),
            'o' => static (output, record) => Number(output, record.Offset.Value),
            'T' => static (output, record) => Number(output, record.Timestamp.Value),
            'k' => static (output, record) => output.Write(record.KeyBytes.Span),
            's' => static (output, record) => output.Write(record.ValueBytes.Span),
            'K' => static (output, record) => Number(output, record.HasKey ? record.KeyBytes.Length : -1),
            'S' => static (output, record) => Number(output, record.HasValue ? record.ValueBytes.Length : -1),
            'h' => static (output, record) => Headers(output, record),
            _ => throw new CommandException($"--format: %{letter} means nothing; there are %t %p %o %T %k %s %K %S %h and %%."),
        });
    }

    private static void Number(IBufferWriter<byte> output, long number)
    {
        const int DigitsMax = 20;
        number.TryFormat(output.GetSpan(DigitsMax), out int written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static void Headers(IBufferWriter<byte> output, ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record)
    {
        bool isFirst = true;
        foreach (HeaderView header in record.Headers)
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            output.Write(header.KeyUtf8);
            output.Write("="u8);
            output.Write(header.Value.HasValue ? header.Value.Span : "NULL"u8);
        }
    }
}
