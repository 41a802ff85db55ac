namespace PerfLog.Interop.Samples;

/// <summary>
/// Goal: clients, record types with emitted serdes, and JSON by source generation work as native code, where nothing can be compiled
/// while the program runs. The program is published here, with warnings as errors; a run that finds nothing changed publishes quickly.
/// </summary>
[Collection(SharedBrokerTests.Name)]
public sealed class NativeCodeTests(SharedBroker broker)
{
    private static readonly TimeSpan PublishTime = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_program_published_as_native_code_sends_and_reads_typed_records()
    {
        if (!OperatingSystem.IsLinux()) return;
        string folder = Path.Combine(TestSetup.ArtifactsFolder, "native-code");
        (await ForeignProgram.DotnetAsync(
            PublishTime, "publish", Path.Combine(TestSetup.SamplesFolder, "PerfLog.Samples.Aot"), "-c", "Release", "--use-current-runtime",
            "-o", folder, "--nologo", "-v", "quiet")).ShouldSucceed();
        string program = Path.Combine(folder, "PerfLog.Samples.Aot");

        Assert.Empty(Directory.GetFiles(folder, "*.dll"));
        ProgramResult run = (await ForeignProgram.ProgramAsync(program, broker.Address)).ShouldSucceed();

        Assert.Equal(
            [
                "a record comes back: yes",
                "a view sees the union's case: yes",
                "JSON comes back: yes",
                "a record comes back from the broker: yes",
                "All is well.",
            ],
            run.Lines);
    }
}
