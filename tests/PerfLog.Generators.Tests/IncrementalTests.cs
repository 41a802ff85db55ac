using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PerfLog.Generators.Tests;

/// <summary>Goal: an edit regenerates what it concerns and nothing else.</summary>
public sealed class IncrementalTests
{
    private const string Api = "request ThingRequest versions=0-1 flexible=1+ key=1\n  A: int32 0+\n\nresponse ThingResponse versions=0-1 flexible=1+ key=1\n  B: int32 0+\n";
    private const string Other = "data Other versions=0 flexible=none\n  A: int32 0+\n";

    [Fact]
    public void A_file_that_has_nothing_to_do_with_schemas_regenerates_nothing()
    {
        GeneratorDriver driver = SchemaCompilation.Driver(("Api.msg", Api), ("Other.msg", Other)).RunGenerators(SchemaCompilation.Empty);

        driver = driver.AddAdditionalTexts([new SchemaText("notes.txt", "no schema")]);
        CSharpCompilation edited = SchemaCompilation.Empty.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class C;"));

        GeneratorRunResult result = driver.RunGenerators(edited).GetRunResult().Results.Single();
        foreach (string stage in ProtocolGenerator.Stages.Where(static stage => stage != "Mistakes")) AssertReused(result.TrackedSteps[stage]);
        foreach (var outputs in result.TrackedOutputSteps.Values) AssertReused(outputs);
    }

    [Fact]
    public void An_edit_of_one_schema_regenerates_its_own_messages_only()
    {
        SchemaText before = new("Other.msg", Other);
        GeneratorDriver driver = SchemaCompilation.Driver(("Api.msg", Api)).AddAdditionalTexts([before]).RunGenerators(SchemaCompilation.Empty);

        driver = driver.ReplaceAdditionalText(before, new SchemaText("Other.msg", Other + "  B: int32 0+\n"));

        GeneratorRunResult result = driver.RunGenerators(SchemaCompilation.Empty).GetRunResult().Results.Single();
        IncrementalStepRunReason[] reasons = [.. result.TrackedSteps["Messages"].SelectMany(static step => step.Outputs).Select(static output => output.Reason)];
        Assert.Equal(3, reasons.Length);
        Assert.Single(reasons, IncrementalStepRunReason.Modified);
        AssertReused(result.TrackedSteps["Apis"], besides: IncrementalStepRunReason.Modified);
    }

    /// <summary>Goal: a comment or a moved line changes no message.</summary>
    [Fact]
    public void A_comment_below_a_message_regenerates_nothing()
    {
        SchemaText before = new("Other.msg", Other);
        GeneratorDriver driver = SchemaCompilation.Driver(("Api.msg", Api)).AddAdditionalTexts([before]).RunGenerators(SchemaCompilation.Empty);

        driver = driver.ReplaceAdditionalText(before, new SchemaText("Other.msg", Other + "# The end.\n"));

        GeneratorRunResult result = driver.RunGenerators(SchemaCompilation.Empty).GetRunResult().Results.Single();
        AssertReused(result.TrackedSteps["Messages"]);
        foreach (var outputs in result.TrackedOutputSteps.Values) AssertReused(outputs);
    }

    private static void AssertReused(IEnumerable<IncrementalGeneratorRunStep> steps, IncrementalStepRunReason besides = IncrementalStepRunReason.Cached)
    {
        foreach (IncrementalGeneratorRunStep step in steps)
        {
            Assert.All(step.Outputs, output => Assert.True(
                output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged || output.Reason == besides,
                $"{step.Name} was {output.Reason}"));
        }
    }
}
