namespace PerfLog.Interop;

/// <summary>A program that was started with its standard input closed says so, where it would wait for ever for what never comes.</summary>
public sealed class StandardInputTests
{
    [Theory]
    [InlineData("produce t -b 127.0.0.1:1")]
    [InlineData("produce t /dev/stdin -b 127.0.0.1:1")]
    [InlineData("topics list --command-config /dev/stdin -b 127.0.0.1:1")]
    [InlineData("perf-test produce t --payload-file=/dev/stdin -b 127.0.0.1:1")]
    [InlineData("groups reset-offsets g --from-file /dev/fd/0 -b 127.0.0.1:1")]
    [InlineData("dump-log /proc/self/fd/0")]
    public async Task Standard_input_that_is_closed_is_told_with_the_remedy(string command)
    {
        ProgramResult run = (await InShellAsync(command, "<&-")).ShouldFail(1);

        Assert.Equal("", run.Output);
        Assert.Equal("perflog: Standard input is closed: name a file, or give a file, a pipe or a terminal as standard input.", run.Errors.Trim());
    }

    [Theory]
    [InlineData("< /dev/null", 0)]
    [InlineData("<<< one", 1)]
    [InlineData("< <(echo one; echo two)", 2)]
    public async Task Standard_input_that_is_there_is_read_whatever_it_is(string redirection, int records)
    {
        using TemporaryFolder folder = new();
        await using BrokerProcess broker = await BrokerProcess.StartAsync(folder.Path);

        ProgramResult run = (await InShellAsync($"produce t -b {broker.Address}", redirection)).ShouldSucceed();

        Assert.Equal($"{records} records written to t.", run.Errors.Trim());
    }

    [Fact]
    public async Task What_reads_no_standard_input_needs_none()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("lines"), "one\n");
        await using BrokerProcess broker = await BrokerProcess.StartAsync(folder.File("data"));

        ProgramResult run = (await InShellAsync($"produce t {folder.File("lines")} -b {broker.Address}", "<&-")).ShouldSucceed();

        Assert.Equal("1 records written to t.", run.Errors.Trim());
    }

    private static Task<ProgramResult> InShellAsync(string command, string redirection) =>
        ForeignProgram.ProgramAsync("bash", "-c", $"exec '{TestSetup.ProgramPath}' {command} {redirection}");
}
