namespace PerfLog.Storage.Doctor;

/// <summary>What the doctor found in a data directory.</summary>
public sealed class Examination
{
    internal Examination(List<PartitionHealth> partitions, List<CheckpointHealth> checkpoints, List<Finding> findings)
    {
        Partitions = partitions;
        Checkpoints = checkpoints;
        Findings = [.. findings, .. partitions.SelectMany(static partition => partition.Findings)];
    }

    /// <summary>Everything found, the directory's own files first.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>The logs in the directory.</summary>
    public int Logs => Partitions.Count;

    /// <summary>The good batches in them.</summary>
    public long GoodBatches => Partitions.Sum(static partition => partition.Segments.Sum(static segment => segment.GoodBatches));

    /// <summary>Whether anything is wrong.</summary>
    public bool HasProblems => Findings.Any(static finding => finding.Severity == FindingSeverity.Problem);

    internal List<PartitionHealth> Partitions { get; }

    internal List<CheckpointHealth> Checkpoints { get; }
}
