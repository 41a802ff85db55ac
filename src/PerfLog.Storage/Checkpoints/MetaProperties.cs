using System.Globalization;

namespace PerfLog.Storage;

/// <summary>A log directory's <c>meta.properties</c>: to whom it belongs. Written once, then only compared.</summary>
internal sealed record MetaProperties(string ClusterId, BrokerId BrokerId, Uuid DirectoryId)
{
    public const string FileName = "meta.properties";

    /// <summary>Reads the directory's file, or makes it for these owners.</summary>
    /// <exception cref="DirectoryMismatchException">It names other owners.</exception>
    public static MetaProperties ReadOrCreate(IStorageDevice device, LogDirectorySettings settings)
    {
        string path = Path.Combine(settings.Path, FileName);
        MetaProperties wanted = New(settings);
        if (AtomicFile.ReadText(device, path) is not { } text)
        {
            AtomicFile.Write(device, path, wanted.Format());
            return wanted;
        }

        IReadOnlyDictionary<string, string> found = PropertiesText.Parse(text);
        string? clusterId = found.GetValueOrDefault("cluster.id");
        string? brokerId = found.GetValueOrDefault("node.id") ?? found.GetValueOrDefault("broker.id");
        Compare(path, "cluster.id", clusterId, settings.ClusterId);
        Compare(path, "node.id", brokerId, settings.BrokerId?.ToString());
        if (clusterId is not null) wanted = wanted with { ClusterId = clusterId };
        if (int.TryParse(brokerId, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) wanted = wanted with { BrokerId = new BrokerId(number) };
        if (Uuid.TryParse(found.GetValueOrDefault("directory.id"), out Uuid id)) return wanted with { DirectoryId = id };

        // Older files carry no directory id: such a directory gets one now.
        AtomicFile.Write(device, path, wanted.Format());
        return wanted;
    }

    private static MetaProperties New(LogDirectorySettings settings) => new(
        settings.ClusterId ?? Uuid.NewRandom(settings.Random).ToString(),
        settings.BrokerId ?? new BrokerId(0),
        Uuid.NewRandom(settings.Random));

    private static void Compare(string path, string key, string? found, string? wanted)
    {
        if (found is null || wanted is null || found == wanted) return;
        throw new DirectoryMismatchException(
            path, $"{key} is '{found}', but this broker's is '{wanted}'. Correct the configuration, or choose another directory.");
    }

    private string Format() => string.Create(
        CultureInfo.InvariantCulture,
        $"version=1\ncluster.id={ClusterId}\nnode.id={BrokerId.Value}\ndirectory.id={DirectoryId}\n");
}
