using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PerfLog.Generators.Tests;

/// <summary>Goal: an edit emits anew what it concerns and nothing else.</summary>
public sealed class RecordIncrementalTests
{
    private const string Source = "[LogRecord] public partial record A(int X, string Y);\n[LogRecord] public partial record B(A Inner);\n[PartitionKey] public partial record struct K(int X);\n";

    [Fact]
    public void A_file_that_has_nothing_to_do_with_records_emits_nothing_anew()
    {
        CSharpCompilation before = RecordCompilation.Of(Source);

        GeneratorRunResult result = Rerun(before, before.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other;")));

        foreach (string stage in new[] { "Records", "Keys" }) AssertReused(result.TrackedSteps[stage]);
        foreach (var outputs in result.TrackedOutputSteps.Values) AssertReused(outputs);
    }

    [Fact]
    public void A_comment_above_a_record_emits_nothing_anew()
    {
        CSharpCompilation before = RecordCompilation.Of(Source);

        GeneratorRunResult result = Rerun(before, RecordCompilation.Of("// It moves down.\n" + Source));

        AssertReused(result.TrackedSteps["Records"]);
        foreach (var outputs in result.TrackedOutputSteps.Values) AssertReused(outputs);
    }

    [Fact]
    public void An_edit_of_one_record_emits_that_record_only()
    {
        GeneratorRunResult result = Rerun(RecordCompilation.Of(Source), RecordCompilation.Of(Source.Replace("A Inner", "A Inner, int More")));

        IncrementalStepRunReason[] reasons = [.. result.TrackedSteps["Records"].SelectMany(static step => step.Outputs).Select(static output => output.Reason)];
        Assert.Equal(2, reasons.Length);
        Assert.Single(reasons, IncrementalStepRunReason.Modified);
    }

    private static GeneratorRunResult Rerun(Compilation before, Compilation after) =>
        RecordCompilation.Driver().RunGenerators(before).RunGenerators(after).GetRunResult().Results.Single();

    private static void AssertReused(IEnumerable<IncrementalGeneratorRunStep> steps)
    {
        foreach (IncrementalGeneratorRunStep step in steps)
        {
            Assert.All(step.Outputs, output => Assert.True(
                output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step.Name} was {output.Reason}"));
        }
    }
}
