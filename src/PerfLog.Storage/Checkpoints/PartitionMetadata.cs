namespace PerfLog.Storage;

/// <summary>A partition folder's <c>partition.metadata</c>: the id of the topic that it belongs to.</summary>
internal static class PartitionMetadata
{
    public const string FileName = "partition.metadata";

    public static void Write(IStorageDevice device, string folder, Uuid topicId) =>
        AtomicFile.Write(device, Path.Combine(folder, FileName), $"version: 0\ntopic_id: {topicId}");

    /// <summary>The topic's id; zero when the file is missing, as in folders that an old Kafka made.</summary>
    public static Uuid Read(IStorageDevice device, string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (AtomicFile.ReadText(device, path) is not { } text) return Uuid.Zero;
        string? id = PropertiesText.Parse(text).GetValueOrDefault("topic_id");
        return Uuid.TryParse(id, out Uuid topicId)
            ? topicId
            : throw new StorageException(path, $"topic_id '{id}' is no id");
    }
}
