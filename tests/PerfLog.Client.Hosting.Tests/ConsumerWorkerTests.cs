using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Producing;

namespace PerfLog.Client.Hosting.Tests;

/// <summary>Hosted consumers against a whole broker in this process.</summary>
public sealed class ConsumerWorkerTests : IAsyncLifetime
{
    private readonly Handled _handled = new();
    private EmbeddedBroker _broker = null!;
    private AdminClient _admin = null!;

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
        {
            Settings = new Dictionary<string, string> { ["group.initial.rebalance.delay.ms"] = "0" },
        });
        _admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers });
        await _admin.CreateTopicAsync(new NewTopic("t", Partitions: 1));
    }

    public async Task DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopping_lets_the_handler_finish_and_commits_what_is_done(bool commitsByItself)
    {
        TaskCompletionSource entered = new();
        TaskCompletionSource finish = new();
        _handled.Do = (value, _) =>
        {
            if (value != "2") return Task.CompletedTask;
            entered.TrySetResult();
            return finish.Task;
        };
        using IHost host = Build(("enable.auto.commit", $"{commitsByItself}"));
        await SendAsync(host, 5);
        await host.StartAsync();
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(20));

        Task stopping = host.StopAsync();
        Assert.False(stopping.IsCompleted);
        finish.SetResult();
        await stopping;

        Assert.Equal(["0", "1", "2"], [await _handled.NextAsync(), await _handled.NextAsync(), await _handled.NextAsync()]);
        Assert.Equal(3, await CommittedAsync());
    }

    [Fact]
    public async Task A_record_whose_handler_fails_is_handed_over_again()
    {
        int failures = 2;
        _handled.Do = (value, _) => value == "1" && failures-- > 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        using IHost host = Build(HandlerFailure.Retry);
        await SendAsync(host, 3);
        await host.StartAsync();

        Assert.Equal(["0", "1", "2"], [await _handled.NextAsync(), await _handled.NextAsync(), await _handled.NextAsync()]);
        Assert.Equal(-1, failures);
        await host.StopAsync();
        Assert.Equal(3, await CommittedAsync());
    }

    [Fact]
    public async Task A_record_whose_handler_fails_is_skipped_when_that_is_wanted()
    {
        _handled.Do = (value, _) => value == "1" ? throw new InvalidOperationException("never") : Task.CompletedTask;
        using IHost host = Build(HandlerFailure.Skip);
        await SendAsync(host, 3);
        await host.StartAsync();

        Assert.Equal(["0", "2"], [await _handled.NextAsync(), await _handled.NextAsync()]);
        await host.StopAsync();
        Assert.Equal(3, await CommittedAsync());
    }

    [Fact]
    public async Task A_handler_that_fails_stops_the_host_and_its_record_is_not_committed()
    {
        _handled.Do = (value, _) => value == "1" ? throw new InvalidOperationException("broken") : Task.CompletedTask;
        using IHost host = Build(HandlerFailure.Stop);
        await SendAsync(host, 3);
        TaskCompletionSource stopped = new();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stopped.TrySetResult());
        await host.StartAsync();
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(20));

        HealthReport health = await HealthAsync(host);
        Assert.Equal(HealthStatus.Unhealthy, health.Entries["perflog-consumer"].Status);
        Assert.Contains("broken", health.Entries["perflog-consumer"].Description, StringComparison.Ordinal);
        Assert.Equal(1, await CommittedAsync());
    }

    [Fact]
    public async Task Health_tells_of_the_cluster_and_of_the_consumer()
    {
        using IHost host = Build();
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(host)).Entries["perflog-consumer"].Status);
        await SendAsync(host, 1);
        await host.StartAsync();
        await _handled.NextAsync();

        HealthReport running = await HealthAsync(host);
        Assert.Equal(HealthStatus.Healthy, running.Status);

        await host.StopAsync();
        await _broker.DisposeAsync();
        HealthReport gone = await HealthAsync(host);
        Assert.Equal(HealthStatus.Unhealthy, gone.Entries["perflog-cluster"].Status);
        Assert.Equal(HealthStatus.Unhealthy, gone.Entries["perflog-consumer"].Status);
    }

    private static Task<HealthReport> HealthAsync(IHost host) => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private static async Task SendAsync(IHost host, int records)
    {
        Producer<string, string> producer = host.Services.GetRequiredService<Producer<string, string>>();
        for (int index = 0; index < records; index++) await producer.Send(new ProducerRecord<string, string>("t", "k", $"{index}"));
        await producer.FlushAsync();
    }

    private async Task<long> CommittedAsync() => (await _admin.ListGroupOffsetsAsync("workers")).Single().Offset.Value;

    private IHost Build(params (string Name, string Value)[] options) => Build(HandlerFailure.Stop, options);

    private IHost Build(HandlerFailure onFailure, params (string Name, string Value)[] options)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(_handled);
        builder.Services.AddPerfLogProducer<string, string>(Section());
        builder.Services.AddPerfLogAdminClient(Section());
        builder.Services.AddPerfLogConsumer<string, string, RecordingHandler>(
            Section([("group.id", "workers"), ("auto.offset.reset", "earliest"), .. options]), ["t"]).Configure(settings =>
            {
                settings.OnFailure = onFailure;
                settings.RetryPause = TimeSpan.FromMilliseconds(1);
            });
        builder.Services.AddHealthChecks().AddPerfLogCluster().AddPerfLogConsumer();
        return builder.Build();
    }

    private IConfigurationRoot Section(params (string Name, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Append(("bootstrap.servers", _broker.BootstrapServers))
            .Select(static value => new KeyValuePair<string, string?>(value.Item1, value.Item2)))
        .Build();
}
