using System.CommandLine;
using PerfLog.Server.Dump;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog dump-log FILE...</c></summary>
internal static class DumpLogCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Files of a log's folder: .log, .index, .timeindex, .txnindex, .snapshot.",
            Arity = ArgumentArity.OneOrMore,
        };
        var records = new Option<bool>("--deep-iteration") { Description = "Show the records of each batch." };
        var data = new Option<bool>("--print-data-log") { Description = "Show the records with their keys and values." };
        var sanity = new Option<bool>("--index-sanity-check") { Description = "Check an index by itself, showing nothing of it." };
        var verify = new Option<bool>("--verify-index-only") { Description = "Check an index against its log, showing nothing of it." };
        var command = new Command("dump-log", "Show what is in the files of a log, and check it.") { files, records, data, sanity, verify };
        command.SetAction((invocation, cancellation) => Task.FromResult(Run(
            invocation.GetRequiredValue(files),
            new DumpOptions
            {
                ShowRecords = invocation.GetValue(records),
                ShowData = invocation.GetValue(data),
                IndexSanityOnly = invocation.GetValue(sanity),
                VerifyIndexOnly = invocation.GetValue(verify),
            },
            invocation.InvocationConfiguration,
            cancellation)));
        return command;
    }

    private static int Run(string[] files, DumpOptions options, InvocationConfiguration terminal, CancellationToken cancellation)
    {
        // The console's own writer flushes each line, which a dump of a large file cannot afford.
        using var output = new BufferedOutput(terminal.Output);
        var report = new DumpReport(output, terminal.Error, cancellation);
        var dump = new FileDump(options, report);
        foreach (string file in files) dump.Dump(file);
        output.Flush();
        if (report.Faults == 0) return ExitCodes.Success;
        terminal.Error.WriteLine($"perflog: {report.Faults} faults in {files.Length} files.");
        return ExitCodes.Failure;
    }
}
