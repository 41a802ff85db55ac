using PerfLog.Server.Demo;
using PerfLog.Server.Output;
using PerfLog.Storage;
using PerfLog.Storage.Doctor;

namespace PerfLog.Server.Doctor;

/// <summary>One call of <c>perflog doctor</c>: examines, tells, and on demand salvages and repairs.</summary>
internal sealed class DoctorRun(TextWriter output, TextWriter errors)
{
    /// <param name="options">What was asked for.</param>
    /// <param name="cancellation">Ends the reading; a repair that has begun is finished.</param>
    public async Task<int> RunAsync(DoctorOptions options, CancellationToken cancellation)
    {
        try
        {
            using DirectoryDoctor doctor = DirectoryDoctor.Open(new VectoredDevice(), Path.GetFullPath(options.Directory), TimeProvider.System);
            return await RunAsync(doctor, options, cancellation);
        }
        catch (Exception failure) when (failure is (IOException and not OutputClosedException) or UnauthorizedAccessException)
        {
            errors.WriteLine($"perflog: {failure.Message}");
            return ExitCodes.Unreadable;
        }
    }

    private async Task<int> RunAsync(DirectoryDoctor doctor, DoctorOptions options, CancellationToken cancellation)
    {
        Examination before = await ExamineAsync(doctor, "Reading", cancellation);
        DoctorReport report = new(options, before);
        if (options.SalvageTo is { } destination) report.Salvaged = doctor.Salvage(before, Path.GetFullPath(destination));
        if (options.Repair && before.HasProblems)
        {
            doctor.Repair(before);
            report.After = await ExamineAsync(doctor, "Reading again", cancellation);
        }

        if (options.AsJson) report.WriteJson(output);
        else report.WriteText(output);
        return (report.After ?? before).HasProblems ? ExitCodes.Failure : ExitCodes.Success;
    }

    // The display belongs to people: it must not stand between the lines that a program reads.
    private Task<Examination> ExamineAsync(DirectoryDoctor doctor, string title, CancellationToken cancellation) =>
        new ProgressDisplay(errors).ShowAsync(title, doctor.CountBytes(), report =>
        {
            long done = 0;
            return Task.FromResult(doctor.Examine(bytes =>
            {
                cancellation.ThrowIfCancellationRequested();
                report(done += bytes);
            }));
        });
}
