using PerfLog.Client.Admin;

namespace PerfLog.Server.Commands;

/// <summary>What became of each item of a command that changes many: one line each.</summary>
internal static class Outcomes
{
    /// <summary>Tells what became of each item, and fails with those that failed.</summary>
    /// <param name="results">What became of them.</param>
    /// <param name="output">Where to.</param>
    /// <param name="done">What is said of one that was done.</param>
    /// <param name="excused">What is said of one whose failure is none; null where it is one.</param>
    public static void Tell<TItem, TValue>(
        AdminResults<TItem, TValue> results, TextWriter output, Func<TItem, string> done, Func<TItem, string?>? excused = null)
        where TItem : notnull
    {
        List<string> failures = [];
        foreach (var (item, result) in results)
        {
            if (result.Failure is null) output.WriteLine(done(item));
            else if (excused?.Invoke(item) is { } words) output.WriteLine(words);
            else failures.Add(result.Failure.Message);
        }

        if (failures.Count > 0) throw new CommandException(string.Join(Environment.NewLine, failures));
    }
}
