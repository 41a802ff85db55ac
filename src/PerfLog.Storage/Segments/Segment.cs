namespace PerfLog.Storage;

internal sealed class Segment
{
    public void Release() => throw new NotImplementedException();
}
