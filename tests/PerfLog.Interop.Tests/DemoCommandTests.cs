namespace PerfLog.Interop;

public sealed class DemoCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Generated_records_go_there_and_back_and_the_files_can_be_removed()
    {
        ProgramResult demo = (await ForeignProgram.PerfLogAsync("demo", "--records", "50000", "--record-size", "150", "--delete")).ShouldSucceed();

        Assert.Contains("All 50,000 records came back as they were sent.", demo.Output);
        Assert.Contains("p99", demo.Output);
        Assert.DoesNotContain("The files lie in", demo.Output);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("one line without an end", 1)]
    [InlineData("one\n\nthree\n", 3)]
    [InlineData("ümläut ✓\r\nsecond\r\n", 2)]
    public async Task The_lines_of_a_file_go_there_and_back(string text, int lines)
    {
        File.WriteAllText(_folder.File("lines"), text);

        ProgramResult demo = (await ForeignProgram.PerfLogAsync("demo", _folder.File("lines"), "--delete")).ShouldSucceed();

        Assert.Contains($"All {lines} records came back as they were sent.", demo.Output);
    }

    [Fact]
    public async Task The_files_are_kept_and_can_be_looked_at()
    {
        ProgramResult demo = (await ForeignProgram.PerfLogAsync("demo", "--records", "10")).ShouldSucceed();

        string folder = demo.Lines.Single(static line => line.StartsWith("The files lie in ")).Split(' ')[^1].Trim();
        try
        {
            ProgramResult dump = (await ForeignProgram.PerfLogAsync(
                "dump-log", "--deep-iteration", Path.Combine(folder, "demo-0", new string('0', 20) + ".log"))).ShouldSucceed();
            Assert.Equal(10, dump.Lines.Count(static line => line.StartsWith("| offset: ")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_missing_file_and_a_line_that_is_too_long_are_named()
    {
        File.WriteAllText(_folder.File("long"), "short\n" + new string('x', 2_000_000));

        ProgramResult missing = (await ForeignProgram.PerfLogAsync("demo", _folder.File("missing"), "--delete")).ShouldFail(1);
        ProgramResult tooLong = (await ForeignProgram.PerfLogAsync("demo", _folder.File("long"), "--delete")).ShouldFail(1);

        Assert.Contains(_folder.File("missing"), missing.Errors);
        Assert.Contains($"{_folder.File("long")} line 2", tooLong.Errors);
    }
}
