using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>The configuration set for one topic or broker, as its znode has it. All methods are pure.</summary>
internal static class ConfigEntity
{
    public static readonly ImmutableDictionary<string, string> None =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    public static byte[] Write(IEnumerable<KeyValuePair<string, string>> config)
    {
        // Sorted, so that equal configurations are equal bytes.
        var sorted = new Dictionary<string, string>(config.OrderBy(static entry => entry.Key, StringComparer.Ordinal));
        return ZnodeJson.Write(new ConfigBody(sorted), ZnodeBodies.Default.ConfigBody);
    }

    public static ImmutableDictionary<string, string> Read(string path, ReadOnlyMemory<byte> data) =>
        data.IsEmpty ? None : None.AddRange(ZnodeJson.Read(path, data, ZnodeBodies.Default.ConfigBody).Config);
}
