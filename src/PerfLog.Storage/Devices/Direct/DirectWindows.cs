using System.Diagnostics.CodeAnalysis;

namespace PerfLog.Storage;

/// <summary>
/// Lends windows to the files that are written past the page cache, a limited number of them: further files are written
/// through the page cache. Those given back are kept. Any thread.
/// </summary>
/// <param name="layout">The windows' sizes.</param>
/// <param name="windowsMax">How many there may be.</param>
/// <param name="usesRings">Whether windows have rings.</param>
internal sealed class DirectWindows(DirectLayout layout, int windowsMax, bool usesRings)
{
    private readonly Lock _gate = new();
    private readonly Stack<DirectWindow> _free = [];
    private int _made;

    public DirectLayout Layout => layout;

    public bool TryRent([NotNullWhen(true)] out DirectWindow? window)
    {
        lock (_gate)
        {
            if (_free.TryPop(out window)) return true;
            if (_made >= windowsMax) return false;
            _made++;
        }

        Ring? ring = null;
        if (usesRings) Ring.TryCreate(layout.Blocks, out ring, out _);
        window = new DirectWindow(layout, ring);
        return true;
    }

    /// <summary>Nothing of the window is being written any more.</summary>
    public void GiveBack(DirectWindow window)
    {
        window.Clear();
        lock (_gate) _free.Push(window);
    }

    /// <summary>A window whose ring is in doubt is left to the garbage collector.</summary>
    public void Discard()
    {
        lock (_gate) _made--;
    }
}
