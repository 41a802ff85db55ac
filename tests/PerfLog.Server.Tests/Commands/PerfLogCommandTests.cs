namespace PerfLog.Server.Tests.Commands;

public sealed class PerfLogCommandTests
{
    [Theory]
    [InlineData]
    [InlineData("no-such-verb")]
    [InlineData("dump-log")]
    [InlineData("dump-log", "--no-such-option", "x.log")]
    public async Task A_wrong_command_line_ends_with_2_and_points_to_the_help(params string[] arguments)
    {
        ProgramRun run = await ProgramRun.OfAsync(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("--help", run.Errors);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("dump-log", "--help")]
    public async Task Help_is_output_and_a_success(params string[] arguments)
    {
        ProgramRun run = await ProgramRun.OfAsync(arguments);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("Usage:", run.Output);
    }

    [Fact]
    public async Task A_missing_file_a_folder_and_a_strange_file_are_named_in_one_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("notes.txt"), "x");
        foreach (string path in new[] { folder.File("no-such.log"), folder.Path, folder.File("notes.txt") })
        {
            ProgramRun run = await ProgramRun.OfAsync("dump-log", path);
            Assert.Equal(1, run.ExitCode);
            Assert.StartsWith($"perflog: {path} ", run.Errors);
            Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
