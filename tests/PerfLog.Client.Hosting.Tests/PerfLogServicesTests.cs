using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PerfLog.Client.Admin;
using PerfLog.Client.Producing;

namespace PerfLog.Client.Hosting.Tests;

public sealed class PerfLogServicesTests
{
    [Fact]
    public async Task Options_by_Kafkas_names_come_from_a_section_dotted_or_nested()
    {
        IConfigurationRoot section = Section(("bootstrap.servers", "a:1"), ("linger:ms", "7"), ("acks", "all"));
        ServiceCollection services = new();
        services.AddPerfLogProducer<string, string>(section).Configure(static settings =>
            settings.Change(static options => options with { ClientId = "typed" }));
        await using ServiceProvider provider = services.BuildServiceProvider();

        ProducerOptions options = provider.GetRequiredService<Producer<string, string>>().Core.Options;

        Assert.Equal(("a:1", 7d, Acks.All, "typed"), (options.BootstrapServers, options.Linger.TotalMilliseconds, options.Acks, options.ClientId));
    }

    [Fact]
    public async Task Named_clients_have_settings_of_their_own()
    {
        ServiceCollection services = new();
        services.AddPerfLogProducer<string, string>(Section(("bootstrap.servers", "a:1"), ("client.id", "first")), "first");
        services.AddPerfLogProducer<string, string>(Section(("bootstrap.servers", "a:1"), ("client.id", "second")), "second");
        await using ServiceProvider provider = services.BuildServiceProvider();

        foreach (string name in new[] { "first", "second" })
            Assert.Equal(name, provider.GetRequiredKeyedService<Producer<string, string>>(name).Core.Options.ClientId);
        Assert.Null(provider.GetService<Producer<string, string>>());
    }

    [Theory]
    [InlineData("acsk", "1", "acks")]
    [InlineData("linger.ms", "soon", "linger.ms=soon")]
    [InlineData("delivery.timeout.ms", "1", "linger.ms + request.timeout.ms")]
    [InlineData("bootstrap.servers", "nowhere", "nowhere")]
    public async Task A_host_does_not_start_with_a_bad_option(string name, string value, string told)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddPerfLogProducer<string, string>(Section(name == "bootstrap.servers" ? [(name, value)] : [("bootstrap.servers", "a:1"), (name, value)]));
        using IHost host = builder.Build();

        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_must_be_named()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddPerfLogAdminClient(Section());
        using IHost host = builder.Build();

        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("bootstrap.servers", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hosted_consumer_needs_a_group()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddPerfLogConsumer<string, string, RecordingHandler>(Section(("bootstrap.servers", "a:1")), ["t"]);
        builder.Services.AddSingleton(new Handled());
        using IHost host = builder.Build();

        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("group.id", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_hosted_consumers_of_one_name_are_refused()
    {
        ServiceCollection services = new();
        services.AddPerfLogConsumer<string, string, RecordingHandler>(Section(), ["t"]);

        Assert.Throws<InvalidOperationException>(() => services.AddPerfLogConsumer<string, string, RecordingHandler>(Section(), ["u"]));
    }

    [Fact]
    public async Task An_admin_client_is_made_once()
    {
        ServiceCollection services = new();
        services.AddPerfLogAdminClient(Section(("bootstrap.servers", "a:1")));
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Same(provider.GetRequiredService<AdminClient>(), provider.GetRequiredService<AdminClient>());
    }

    private static IConfigurationRoot Section(params (string Name, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(static value => new KeyValuePair<string, string?>(value.Name, value.Value)))
        .Build();
}
