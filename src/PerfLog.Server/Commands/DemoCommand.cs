using System.CommandLine;
using PerfLog.Server.Demo;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog demo [FILE]</c></summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var defaults = new DemoOptions();
        var file = new Argument<string?>("FILE") { Description = "A file whose lines are sent, one record each.", Arity = ArgumentArity.ZeroOrOne };
        var records = new Option<long>("--records")
        {
            Description = "How many records to generate when no file is given.", DefaultValueFactory = _ => defaults.Records,
        };
        var recordSize = new Option<int>("--record-size")
        {
            Description = "The bytes of a generated record.", DefaultValueFactory = _ => defaults.RecordBytes,
        };
        var delete = new Option<bool>("--delete") { Description = "Remove the broker's files at the end." };
        records.Within(0);
        recordSize.Within(1, BatchLimits.RecordBytesMax);
        var command = new Command("demo", "Start a broker, send it records over TCP, read them back, compare each, and show the figures.")
        {
            file, records, recordSize, delete,
        };
        command.SetAction((invocation, cancellation) => new DemoRun(
            new DemoOptions
            {
                File = invocation.GetValue(file),
                Records = invocation.GetValue(records),
                RecordBytes = invocation.GetValue(recordSize),
                DeletesFiles = invocation.GetValue(delete),
            },
            invocation.InvocationConfiguration.Output,
            TimeProvider.System).RunAsync(cancellation));
        return command;
    }
}
