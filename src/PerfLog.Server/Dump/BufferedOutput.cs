using System.Text;

namespace PerfLog.Server.Dump;

/// <summary>Gathers text and passes it on in large pieces, and what is left when it is flushed or disposed.</summary>
internal sealed class BufferedOutput(TextWriter target) : TextWriter
{
    private const int PieceChars = 32 * 1024;

    private readonly StringBuilder _text = new(2 * PieceChars);

    public override Encoding Encoding => target.Encoding;

    public override void Write(char value)
    {
        _text.Append(value);
        PassOnWhenLarge();
    }

    public override void Write(string? value)
    {
        _text.Append(value);
        PassOnWhenLarge();
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        _text.Append(buffer);
        PassOnWhenLarge();
    }

    public override void WriteLine(string? value)
    {
        _text.Append(value).Append(CoreNewLine);
        PassOnWhenLarge();
    }

    public override void Flush()
    {
        target.Write(_text);
        target.Flush();
        _text.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Flush();
        base.Dispose(disposing);
    }

    private void PassOnWhenLarge()
    {
        if (_text.Length >= PieceChars) Flush();
    }
}
