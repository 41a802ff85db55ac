using Microsoft.Extensions.Hosting;
using PerfLog.Client.Producing;

namespace PerfLog.Samples.Worker;

/// <summary>Sends a greeting each second, with the producer that the host owns.</summary>
internal sealed class GreetingSender(Producer<string, string> producer) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer second = new(TimeSpan.FromSeconds(1));
        for (int number = 1; await second.WaitForNextTickAsync(stoppingToken); number++)
            await producer.SendAsync("greetings", "world", $"hello {number}", stoppingToken);
    }
}
