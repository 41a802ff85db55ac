namespace PerfLog.Buffers;

/// <summary>
/// Keeps a few costly objects for the next one who needs one. Any thread may rent and give back; whoever rents an
/// object owns it until then. A give-back beyond the places disposes the object, so that memory stays bounded.
/// </summary>
public sealed class Reusables<T>(Func<T> create, int places)
    where T : class, IDisposable
{
    private readonly T?[] _kept = new T?[places];

    public T Rent()
    {
        for (int place = 0; place < _kept.Length; place++)
        {
            T? kept = Interlocked.Exchange(ref _kept[place], null);
            if (kept is not null) return kept;
        }

        return create();
    }

    public void GiveBack(T owned)
    {
        for (int place = 0; place < _kept.Length; place++)
        {
            if (Interlocked.CompareExchange(ref _kept[place], owned, null) is null) return;
        }

        owned.Dispose();
    }
}
