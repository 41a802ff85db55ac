using System.Globalization;
using System.Text;
using BenchmarkDotNet.Reports;

namespace PerfLog.Benchmarks;

/// <summary>What BenchmarkDotNet measured, as one Markdown table. Pure.</summary>
internal static class MicroTable
{
    public static string Of(IEnumerable<Summary> summaries)
    {
        var text = new StringBuilder();
        text.AppendLine("| benchmark | parameters | mean | compared with | ratio | allocated |");
        text.AppendLine("|---|---|---:|---|---:|---:|");
        foreach (BenchmarkReport report in summaries.SelectMany(static summary => summary.Reports).Where(static report => report.Success))
        {
            text.AppendLine(Row(report, BaselineOf(report, summaries)));
        }

        return text.ToString();
    }

    /// <summary>The baseline that was run with the same parameters, in the same category if there are categories.</summary>
    private static BenchmarkReport? BaselineOf(BenchmarkReport report, IEnumerable<Summary> summaries) =>
        summaries.SelectMany(static summary => summary.Reports).FirstOrDefault(other =>
            other.Success
            && other.BenchmarkCase.Descriptor.Baseline
            && other.BenchmarkCase.Descriptor.Type == report.BenchmarkCase.Descriptor.Type
            && other.BenchmarkCase.Descriptor.Categories.SequenceEqual(report.BenchmarkCase.Descriptor.Categories)
            && other.BenchmarkCase.Parameters.DisplayInfo == report.BenchmarkCase.Parameters.DisplayInfo);

    private static string Row(BenchmarkReport report, BenchmarkReport? baseline)
    {
        var descriptor = report.BenchmarkCase.Descriptor;
        double mean = report.ResultStatistics!.Mean;
        bool compares = baseline is not null && baseline != report;
        string ratio = compares ? (mean / baseline!.ResultStatistics!.Mean).ToString("0.00", CultureInfo.InvariantCulture) : "";
        string against = compares ? baseline!.BenchmarkCase.Descriptor.WorkloadMethod.Name : "";
        long? allocated = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
        return $"| {descriptor.Type.Name}.{descriptor.WorkloadMethod.Name} | {report.BenchmarkCase.Parameters.DisplayInfo.Trim('[', ']')} "
            + $"| {Time(mean)} | {against} | {ratio} | {(allocated is null ? "" : $"{allocated} B")} |";
    }

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        >= 1e6 => (nanoseconds / 1e6).ToString("0.00 ms", CultureInfo.InvariantCulture),
        >= 1e3 => (nanoseconds / 1e3).ToString("0.00 µs", CultureInfo.InvariantCulture),
        _ => nanoseconds.ToString("0.00 ns", CultureInfo.InvariantCulture),
    };
}
