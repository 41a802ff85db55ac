namespace PerfLog.Client.Admin;

/// <summary>A log directory of a broker and what lies in it.</summary>
/// <param name="Path">Its path on the broker's machine.</param>
/// <param name="Error">What is wrong with it; none for a good one.</param>
/// <param name="TotalBytes">The size of its volume; -1 when not told.</param>
/// <param name="UsableBytes">The free bytes of its volume; -1 when not told.</param>
/// <param name="Partitions">The partitions in it.</param>
public sealed record LogDirDescription(
    string Path, ErrorCode Error, long TotalBytes, long UsableBytes, IReadOnlyList<LogDirPartition> Partitions);

/// <summary>A partition's log in a log directory.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="SizeBytes">The bytes of its segments.</param>
/// <param name="OffsetLag">How far it is behind the high watermark.</param>
public readonly record struct LogDirPartition(TopicPartition Partition, long SizeBytes, long OffsetLag);
