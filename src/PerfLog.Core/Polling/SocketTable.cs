namespace PerfLog.Polling;

/// <summary>
/// Names sockets by tickets, as the kernel keeps one number for each. A ticket is never used for another socket, so that an event
/// which comes late finds nobody. Guarded by its loop's lock.
/// </summary>
internal sealed class SocketTable
{
    private const int SlotBits = 32;

    private readonly Stack<int> _free = new();
    private PolledSocket?[] _sockets = new PolledSocket?[16];
    private uint[] _uses = new uint[16];
    private int _end;

    public int Count { get; private set; }

    public ulong Add(PolledSocket socket)
    {
        if (!_free.TryPop(out int slot)) slot = NewSlot();
        _sockets[slot] = socket;
        Count++;
        return ((ulong)_uses[slot] << SlotBits) | (uint)slot;
    }

    public void Remove(ulong ticket)
    {
        if (Find(ticket) is null) return;
        int slot = (int)(uint)ticket;
        _sockets[slot] = null;
        _uses[slot]++;
        _free.Push(slot);
        Count--;
    }

    public PolledSocket? Find(ulong ticket)
    {
        uint slot = (uint)ticket;
        return slot < _end && _uses[slot] == (uint)(ticket >> SlotBits) ? _sockets[slot] : null;
    }

    private int NewSlot()
    {
        if (_end == _sockets.Length)
        {
            Array.Resize(ref _sockets, _end * 2);
            Array.Resize(ref _uses, _end * 2);
        }

        return _end++;
    }
}
