using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>The watches of all sessions of a local store. Any thread may call it.</summary>
internal sealed class WatchList
{
    private ImmutableList<ZnodeWatch> _watches = [];

    public void Add(ZnodeWatch watch) => ImmutableInterlocked.Update(ref _watches, static (list, w) => list.Add(w), watch);

    public void Remove(ZnodeWatch watch) =>
        ImmutableInterlocked.Update(ref _watches, static (list, w) => list.Remove(w), watch);

    /// <summary>Called by the store's one writer, so that every watch sees the order of the changes.</summary>
    public void Post(IReadOnlyList<ZnodeEvent> events)
    {
        foreach (ZnodeWatch watch in _watches) watch.Post(events.Where(posted => watch.Covers(posted.Path)));
    }
}
