using System.Globalization;

namespace PerfLog.Server.Groups;

/// <summary>Offsets as Kafka's own tool exports them: a line <c>TOPIC,PARTITION,OFFSET</c> for each partition.</summary>
internal static class OffsetsFile
{
    /// <exception cref="CommandException">A line says something else.</exception>
    public static IReadOnlyDictionary<TopicPartition, Offset> Read(string path)
    {
        Dictionary<TopicPartition, Offset> offsets = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            string[] parts = [.. line.Split(',').Select(static part => part.Trim().Trim('"'))];
            if (parts.Length != 3
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
                || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
                throw new CommandException($"{path}, line {number}: \"{line}\" is not TOPIC,PARTITION,OFFSET.");
            offsets[new TopicPartition(parts[0], partition)] = new Offset(offset);
        }

        return offsets;
    }

    public static void Write(TextWriter output, IEnumerable<OffsetReset> resets)
    {
        foreach (OffsetReset reset in resets)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reset.Partition.Topic},{reset.Partition.Partition},{reset.After.Value}"));
    }
}
