using System.Collections.Frozen;
using System.Collections.Immutable;

namespace PerfLog.Protocol;

/// <summary>The versions of one api that a broker accepts, both ends included.</summary>
public readonly record struct SupportedApi(ApiKey Key, short Lowest, short Highest)
{
    public bool Contains(short version) => version >= Lowest && version <= Highest;
}

/// <summary>
/// What a broker advertises: for each api the versions it accepts. Immutable; any thread may ask.
/// </summary>
public sealed class ApiVersionTable
{
    private readonly FrozenDictionary<ApiKey, SupportedApi> _byKey;

    public ApiVersionTable(IEnumerable<SupportedApi> apis)
    {
        All = [.. apis.OrderBy(static api => api.Key)];
        _byKey = All.ToFrozenDictionary(static api => api.Key);
    }

    /// <summary>All apis, by their numbers.</summary>
    public ImmutableArray<SupportedApi> All { get; }

    public bool TryFind(ApiKey key, out SupportedApi api) => _byKey.TryGetValue(key, out api);

    public bool Supports(ApiKey key, short version) => TryFind(key, out SupportedApi api) && api.Contains(version);

    /// <summary>The highest version that both sides speak.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryAgree(ApiKey key, short lowest, short highest, out short version)
    {
        version = -1;
        if (!TryFind(key, out SupportedApi api)) return false;
        version = Math.Min(highest, api.Highest);
        return version >= Math.Max(lowest, api.Lowest);
    }
}
