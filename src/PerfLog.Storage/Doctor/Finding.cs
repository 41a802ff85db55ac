namespace PerfLog.Storage.Doctor;

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing is wrong, or the next start settles it without a loss.</summary>
    Note,

    /// <summary>Something is wrong.</summary>
    Problem,
}

/// <summary>Something that the doctor found, in words for a person.</summary>
/// <param name="Path">The file or folder, relative to the data directory.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="What">What is there.</param>
/// <param name="Repair">What a repair would do; null when nothing can or need be done.</param>
/// <param name="Loss">What the repair would lose.</param>
public sealed record Finding(string Path, FindingSeverity Severity, string What, string? Repair = null, string? Loss = null)
{
    internal const string NoLoss = "nothing";

    internal static Finding Note(string path, string what) => new(path, FindingSeverity.Note, what);

    internal static Finding Problem(string path, string what, string repair, string loss) =>
        new(path, FindingSeverity.Problem, what, repair, loss);

    internal static Finding Incurable(string path, string what) => new(path, FindingSeverity.Problem, what);
}
