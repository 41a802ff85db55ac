using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace PerfLog.Server.Clients;

/// <summary>
/// The parts of a stream between delimiters, byte for byte; the last one needs no delimiter behind it. Where the delimiter is the end
/// of a line, a carriage return before it goes, too.
/// </summary>
internal static class InputLines
{
    public static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <param name="input">What to read.</param>
    /// <param name="delimiter">What stands between two parts.</param>
    /// <param name="bytesMax">A part that is longer is an error, found before it is all in memory.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="CommandException">A part is too long.</exception>
    public static async IAsyncEnumerable<byte[]> ReadAsync(
        Stream input, byte[] delimiter, int bytesMax, [EnumeratorCancellation] CancellationToken cancellation)
    {
        PipeReader reader = PipeReader.Create(input, new StreamPipeReaderOptions(leaveOpen: true));
        bool isLine = delimiter.AsSpan().SequenceEqual(LineEnd);
        long number = 0;
        while (true)
        {
            // A terminal or a pipe that says nothing cannot be told to stop: the reading is left behind.
            ReadResult read = await reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(cancellation);
            ReadOnlySequence<byte> rest = read.Buffer;
            while (TryCut(ref rest, delimiter, out ReadOnlySequence<byte> part))
            {
                number++;
                yield return Part(part, isLine);
            }

            if (rest.Length > bytesMax)
                throw new CommandException($"line {number + 1} is longer than {bytesMax} bytes, which a record may have at most (max.request.size).");
            if (read.IsCompleted)
            {
                if (!rest.IsEmpty) yield return Part(rest, isLine);
                break;
            }

            reader.AdvanceTo(rest.Start, rest.End);
        }

        await reader.CompleteAsync();
    }

    private static bool TryCut(ref ReadOnlySequence<byte> rest, byte[] delimiter, out ReadOnlySequence<byte> part)
    {
        var reader = new SequenceReader<byte>(rest);
        if (!reader.TryReadTo(out part, delimiter, advancePastDelimiter: true)) return false;
        rest = rest.Slice(reader.Position);
        return true;
    }

    private static byte[] Part(ReadOnlySequence<byte> part, bool isLine)
    {
        byte[] bytes = part.ToArray();
        return isLine && bytes is [.., (byte)'\r'] ? bytes[..^1] : bytes;
    }
}
