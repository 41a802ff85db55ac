namespace PerfLog.Server.Demo;

/// <summary>The lines of a file, as bytes and without their line feeds. A last line needs none to count.</summary>
/// <param name="path">The file.</param>
/// <param name="lineBytesMax">The longest line that can be sent as one record.</param>
internal sealed class LineFile(string path, int lineBytesMax) : IRecordSource
{
    private const int FirstBufferBytes = 256 * 1024;

    public string Description => $"the lines of {path}";

    public long Total { get; } = LengthOf(path);

    public IRecordCursor Open() => new Cursor(path, lineBytesMax);

    private static long LengthOf(string path)
    {
        if (Directory.Exists(path)) throw new CommandException($"{path} is a folder; name a file whose lines to send.");
        if (!File.Exists(path)) throw new CommandException($"{path} does not exist; name a file whose lines to send.");
        return new FileInfo(path).Length;
    }

    private sealed class Cursor(string path, int lineBytesMax) : IRecordCursor
    {
        private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        private byte[] _buffer = new byte[Math.Min(FirstBufferBytes, lineBytesMax + 1)];
        private int _lineStart;
        private int _lineBytes;
        private int _next;
        private int _filled;
        private long _lines;

        public ReadOnlySpan<byte> Current => _buffer.AsSpan(_lineStart, _lineBytes);

        public long Progress { get; private set; }

        public bool MoveNext()
        {
            _lineStart = _next;
            int lineFeed;
            int searched = 0;
            while ((lineFeed = _buffer.AsSpan(_lineStart + searched, _filled - _lineStart - searched).IndexOf((byte)'\n')) < 0)
            {
                searched = _filled - _lineStart;
                if (!ReadMore()) return TakeLastLine();
            }

            Take(searched + lineFeed, lineFeedBytes: 1);
            return true;
        }

        public void Dispose() => _file.Dispose();

        private bool TakeLastLine()
        {
            int bytes = _filled - _lineStart;
            if (bytes == 0) return false;
            Take(bytes, lineFeedBytes: 0);
            return true;
        }

        private void Take(int bytes, int lineFeedBytes)
        {
            _lines++;
            if (bytes > lineBytesMax) RefuseLine();
            _lineBytes = bytes;
            _next = _lineStart + bytes + lineFeedBytes;
            Progress += bytes + lineFeedBytes;
        }

        // What is left of the buffer moves to its front, and the buffer grows while a line fills it.
        private bool ReadMore()
        {
            int kept = _filled - _lineStart;
            if (kept > lineBytesMax)
            {
                _lines++;
                RefuseLine();
            }

            _buffer.AsSpan(_lineStart, kept).CopyTo(_buffer);
            (_lineStart, _filled) = (0, kept);
            if (kept == _buffer.Length) Array.Resize(ref _buffer, Math.Min(2 * kept, lineBytesMax + 1));
            int read = _file.Read(_buffer, kept, _buffer.Length - kept);
            _filled += read;
            return read > 0;
        }

        private void RefuseLine() => throw new CommandException(
            $"{path} line {_lines}: the line is longer than the {lineBytesMax:N0} bytes that a record may have. " +
            "Split it, or send another file.");
    }
}
