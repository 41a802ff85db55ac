using PerfLog.Broker;

namespace PerfLog.Server.Demo;

/// <summary>One demo from its start to its report: a broker of its own, all records there and back, each compared.</summary>
internal sealed class DemoRun(DemoOptions options, TextWriter output, TimeProvider time)
{
    private const string Topic = "demo";

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        IRecordSource source = Source();
        string folder = Directory.CreateTempSubdirectory("perflog-demo-").FullName;
        try
        {
            await MeasureAsync(source, folder, cancellation);
        }
        finally
        {
            EndFiles(folder);
        }

        return ExitCodes.Success;
    }

    private IRecordSource Source() => options.File is { } file
        ? new LineFile(file, BatchLimits.RecordBytesMax)
        : new GeneratedRecords(options.Records, options.RecordBytes);

    private async Task MeasureAsync(IRecordSource source, string folder, CancellationToken cancellation)
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { DataDirectory = folder, Time = time }, cancellation);
        output.WriteLine($"A broker on {broker.BootstrapServers}; {source.Description} go there and back over TCP.");
        await using DemoLink link = await DemoLink.OpenAsync(broker.EndPoint, Topic, cancellation);

        var display = new ProgressDisplay(output);
        var producer = new DemoProducer(link, time);
        Measure sent = await display.ShowAsync(
            "Sending", source.Total, report => producer.SendAsync(source, report, cancellation));
        var comparison = new DemoComparison(link, time);
        Measure read = await display.ShowAsync(
            "Reading back", source.Total, report => comparison.ReadAsync(source, report, cancellation));
        new DemoReport(output).WriteFigures(sent, read, producer.Latencies.All());
        output.WriteLine($"All {read.Records:N0} records came back as they were sent.");
    }

    private void EndFiles(string folder)
    {
        if (options.DeletesFiles) Directory.Delete(folder, recursive: true);
        else new DemoReport(output).WriteFiles(folder, Path.Combine(folder, $"{Topic}-0", new string('0', 20) + ".log"));
    }
}
