using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Broker.Hosting;
using PerfLog.Storage;

namespace PerfLog.Server.Hosting;

/// <summary>Runs one broker until it is told to stop. Its log goes to standard error, so that the ready line stands alone.</summary>
internal sealed class BrokerHost(StartOptions start, TextWriter output)
{
    private static readonly Action<ILogger, string, Exception?> LogConfiguration =
        LoggerMessage.Define<string>(LogLevel.Warning, default, "{Warning}");

    public async Task<int> RunAsync(CancellationToken stopping)
    {
        BrokerOptions options = start.Read(Environment.GetEnvironmentVariables());
        using ILoggerFactory loggers = LoggerFactory.Create(static logging => logging
            .AddSimpleConsole(static format =>
            {
                format.SingleLine = true;
                format.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
            })
            .AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        ILogger logger = loggers.CreateLogger("PerfLog");
        foreach (string warning in options.Warnings) LogConfiguration(logger, warning, null);

        string[] directories = [.. options.LogDirectories.Select(Path.GetFullPath)];
        await using BrokerServer broker = await BrokerServer.StartAsync(Settings(options, directories[0], loggers), stopping);
        output.WriteLine($"PerfLog is ready on {broker.EndPoint}, data in {string.Join(", ", directories)}");
        output.Flush();
        await UntilAsync(stopping);
        output.WriteLine("Stopping ...");
        return ExitCodes.Success;
    }

    private static BrokerServerSettings Settings(BrokerOptions options, string directory, ILoggerFactory loggers) => new()
    {
        Options = options,
        MetadataDirectory = options.MetadataDirectory ?? Path.Combine(directory, BrokerServerSettings.MetadataFolder),
        Device = DiskDevice.Shared,
        LoggerFactory = loggers,
    };

    private static async Task UntilAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stopping.Register(stopped.SetResult);
        await stopped.Task;
    }
}
