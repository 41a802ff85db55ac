using System.Globalization;

namespace PerfLog.Server.PerfTest;

/// <summary>
/// The values that are sent: one random value again and again, the parts of a file in turn, or the number of the record.
/// One thread asks for them; each is good until the next is asked for.
/// </summary>
internal sealed class RecordSource
{
    private readonly byte[][] _values;
    private readonly byte[]? _number;

    private RecordSource(byte[][] values, bool isNumbered)
    {
        _values = values;
        _number = isNumbered ? new byte[20] : null;
    }

    public static RecordSource Numbers { get; } = new([], isNumbered: true);

    public static RecordSource Random(int bytes)
    {
        byte[] value = new byte[bytes];
        new Random(bytes).NextBytes(value);
        return new([value], isNumbered: false);
    }

    /// <exception cref="CommandException">The file cannot be read or has nothing in it.</exception>
    public static RecordSource File(string path, ReadOnlySpan<byte> delimiter)
    {
        if (delimiter.IsEmpty) throw new UsageException("--payload-delimiter: something must stand between the file's parts.");
        try
        {
            List<byte[]> values = Parts(System.IO.File.ReadAllBytes(path), delimiter);
            if (values.Count == 0) throw new CommandException($"--payload-file {path}: there is nothing in it.");
            return new([.. values], isNumbered: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--payload-file {path}: {fault.Message}", fault);
        }
    }

    public ReadOnlyMemory<byte> Value(long number)
    {
        if (_number is null) return _values[number % _values.Length];
        number.TryFormat(_number, out int written, provider: CultureInfo.InvariantCulture);
        return _number.AsMemory(0, written);
    }

    private static List<byte[]> Parts(ReadOnlySpan<byte> content, ReadOnlySpan<byte> delimiter)
    {
        List<byte[]> parts = [];
        while (!content.IsEmpty)
        {
            int end = content.IndexOf(delimiter);
            ReadOnlySpan<byte> part = end < 0 ? content : content[..end];
            if (!part.IsEmpty) parts.Add(part.ToArray());
            content = end < 0 ? [] : content[(end + delimiter.Length)..];
        }

        return parts;
    }
}
