using PerfLog.Storage.Sample;
using PerfLog.Testing;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Goal: the sample that people copy from runs and prints what it says.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task The_ledger_runs_and_goes_on_where_it_was()
    {
        using TemporaryFolder folder = new();
        for (int run = 0; run < 2; run++)
        {
            StringWriter output = new();
            await Ledger.RunAsync(folder.Path, output);

            Assert.Equal(
                [
                    "Record 1000 of this run is on the disk, and so is all before it.",
                    "1001 records read back.",
                    "bob: 5 euros",
                    "carol: 7 euros",
                    "The log has 2 records left.",
                ],
                output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.TrimEnd()));
        }
    }
}
