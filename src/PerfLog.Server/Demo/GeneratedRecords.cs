using System.Buffers.Text;

namespace PerfLog.Server.Demo;

/// <summary>Records made up: each its number, then letters that hardly repeat. The same ones at each walk.</summary>
internal sealed class GeneratedRecords(long count, int recordBytes) : IRecordSource
{
    private const int NumberDigits = 12;

    public string Description => $"{count:N0} generated records of {recordBytes:N0} bytes";

    public long Total => count;

    public IRecordCursor Open() => new Cursor(count, recordBytes);

    private sealed class Cursor(long count, int recordBytes) : IRecordCursor
    {
        private readonly byte[] _record = new byte[recordBytes];
        private ulong _state = 0x9E3779B97F4A7C15;

        public ReadOnlySpan<byte> Current => _record;

        public long Progress { get; private set; }

        public bool MoveNext()
        {
            if (Progress == count) return false;
            FillWithLetters();
            WriteNumber(Progress++);
            return true;
        }

        public void Dispose()
        {
        }

        // Ten letters of six bits from each step of a xorshift generator: cheap beside what is measured.
        private void FillWithLetters()
        {
            const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
            ReadOnlySpan<char> letters = Letters;
            for (int at = 0; at < _record.Length;)
            {
                _state ^= _state << 13;
                _state ^= _state >> 7;
                _state ^= _state << 17;
                ulong bits = _state;
                for (int letter = 0; letter < 10 && at < _record.Length; letter++, bits >>= 6)
                    _record[at++] = (byte)letters[(int)(bits & 63)];
            }
        }

        private void WriteNumber(long number)
        {
            Span<byte> text = stackalloc byte[NumberDigits + 1];
            Utf8Formatter.TryFormat(number, text, out int written, new('D', NumberDigits));
            text[written] = (byte)' ';
            text[..Math.Min(written + 1, _record.Length)].CopyTo(_record);
        }
    }
}
