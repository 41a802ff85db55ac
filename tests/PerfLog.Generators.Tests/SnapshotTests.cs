using System.Runtime.CompilerServices;

namespace PerfLog.Generators.Tests;

/// <summary>Goal: a whole emitted class and a whole emitted view, as a reader sees them.</summary>
public sealed class SnapshotTests
{
    private const string Schema = """
        request ThingRequest versions=0-3 flexible=2+ key=7 view
          Name: string 0-2 ignorable
          Id: uuid 3
          Rack: string 1+ nullable=1+ default=null ignorable
          Parts: []Part 0+
            Index: int32 0+
            Records: records 0+ nullable=0+
            Epoch: int64 2+ tag=0 default=-1
          Indexes: []int32 0+

        response ThingResponse versions=0-3 flexible=2+ key=7
          ErrorCode: error 0+
        """;

    [Theory]
    [InlineData("ThingRequest")]
    [InlineData("ThingRequestView")]
    [InlineData("ThingResponse")]
    [InlineData("ApiKey")]
    [InlineData("ApiVersionCatalogue")]
    public void The_emitted_file_is_the_one_that_was_approved(string name)
    {
        AssertApproved(name, SchemaCompilation.Emit(Schema, name));
    }

    internal static void AssertApproved(string name, string emitted)
    {
        string path = Path.Combine(Folder(), "Snapshots", name + ".txt");
        string approved = File.Exists(path) ? File.ReadAllText(path) : "";

        // What to look at, and to move over the approved file if it is better.
        if (emitted != approved) File.WriteAllText(Path.ChangeExtension(path, ".received.txt"), emitted);
        Assert.Equal(approved, emitted);
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
