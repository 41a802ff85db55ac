using System.Globalization;

namespace PerfLog.Storage;

/// <summary>The names of partition folders: <c>topic-partition</c>, with a suffix when it is on its way out or in.</summary>
internal static class PartitionFolder
{
    public const string DeleteSuffix = "-delete";

    private const int NameMax = 255;

    public static bool TryParse(string name, out TopicPartition partition)
    {
        partition = default;
        int dash = name.LastIndexOf('-');
        if (dash <= 0) return false;
        if (!int.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return false;
        partition = new TopicPartition(name[..dash], number);
        return partition.ToString() == name;
    }

    /// <summary>The name under which a deleted partition waits for its removal; a long topic name is shortened.</summary>
    public static string DeletedName(TopicPartition partition, Random random)
    {
        Span<byte> id = stackalloc byte[Uuid.SizeBytes];
        random.NextBytes(id);
        string suffix = "." + Convert.ToHexStringLower(id) + DeleteSuffix;
        string name = partition.ToString();
        return name[..Math.Min(name.Length, NameMax - suffix.Length)] + suffix;
    }
}
