using System.CommandLine;
using PerfLog.Server.Doctor;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog doctor DIR</c></summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "A data directory (log.dirs) that no broker uses now, PerfLog's or Kafka's." };
        var repair = new Option<bool>("--repair") { Description = "Do what the findings say; what that loses stands with each." };
        var salvage = new Option<string?>("--salvage")
        {
            HelpName = "OUT",
            Description = "Copy all good batches of damaged logs to a new directory, before any repair.",
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs." };
        var command = new Command(
            "doctor", "Read a data directory offline and say what is wrong. Exit code 0: nothing, 1: problems, 2: it cannot be read.")
        {
            directory, repair, salvage, json,
        };
        command.SetAction((invocation, cancellation) => new DoctorRun(invocation.InvocationConfiguration.Output, invocation.InvocationConfiguration.Error)
            .RunAsync(new DoctorOptions(
                invocation.GetRequiredValue(directory), invocation.GetValue(repair), invocation.GetValue(salvage), invocation.GetValue(json)), cancellation));
        return command;
    }
}
