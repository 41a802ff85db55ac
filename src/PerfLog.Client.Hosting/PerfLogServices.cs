using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Hosting;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Adds PerfLog's clients to the services of a host. A client with a name is a keyed service, and its settings are those of that name.
/// All clients of one kind and name share their settings, which are checked when the host starts.
/// </summary>
public static class PerfLogServices
{
    /// <summary>Adds a <see cref="Producer{TKey, TValue}"/>. Serializers are taken from the services, or else are the built-in ones.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">Options by Kafka's names, such as <c>bootstrap.servers</c>.</param>
    /// <param name="name">The producer's key; null for the one without a key.</param>
    /// <returns>Where more can be said about it.</returns>
    public static OptionsBuilder<ProducerSettings> AddPerfLogProducer<TKey, TValue>(
        this IServiceCollection services, IConfiguration section, string? name = null)
    {
        services.AddClient(name, (provider, key) =>
        {
            ProducerOptions options = provider.Settings<ProducerSettings>(key).Build();
            return new Producer<TKey, TValue>(
                options with { LoggerFactory = provider.LogOf(options.LoggerFactory) },
                provider.Serde<ISerializer<TKey>>(key),
                provider.Serde<ISerializer<TValue>>(key));
        });
        return services.AddSettings<ProducerSettings, ProducerOptions>(section, name);
    }

    /// <summary>Adds an <see cref="AdminClient"/>.</summary>
    /// <inheritdoc cref="AddPerfLogProducer{TKey, TValue}"/>
    /// <param name="services">The services.</param>
    /// <param name="section">Options by Kafka's names, such as <c>bootstrap.servers</c>.</param>
    /// <param name="name">The client's key; null for the one without a key.</param>
    public static OptionsBuilder<AdminSettings> AddPerfLogAdminClient(
        this IServiceCollection services, IConfiguration section, string? name = null)
    {
        services.AddClient(name, static (provider, key) => AdminClient.Create(provider.Settings<AdminSettings>(key).Build()));
        return services.AddSettings<AdminSettings, AdminClientOptions>(section, name);
    }

    /// <summary>
    /// Adds a hosted service that subscribes to topics and hands each record to a handler. When the host stops, the handler finishes its
    /// record, what is done is committed, and the group goes on without this member at once.
    /// </summary>
    /// <inheritdoc cref="AddPerfLogProducer{TKey, TValue}"/>
    /// <param name="services">The services.</param>
    /// <param name="section">Options by Kafka's names, <c>bootstrap.servers</c> and <c>group.id</c> at least.</param>
    /// <param name="topics">What it subscribes to.</param>
    /// <param name="name">Tells several hosted consumers of one program apart; null for the only one.</param>
    /// <exception cref="InvalidOperationException">There is a hosted consumer of that name already.</exception>
    public static OptionsBuilder<ConsumerSettings> AddPerfLogConsumer<TKey, TValue,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, IConfiguration section, IEnumerable<string> topics, string? name = null)
        where THandler : class, IRecordHandler<TKey, TValue>
    {
        string key = name ?? Options.Options.DefaultName;
        if (services.Any(service => service.ServiceType == typeof(ConsumerPulse) && key.Equals(service.ServiceKey)))
            throw new InvalidOperationException($"There is a consumer '{key}' already: give each a name of its own.");
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddKeyedSingleton(key, static (provider, _) => new ConsumerPulse(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHostedService>(provider => new ConsumerWorker<TKey, TValue, THandler>(
            key, provider.Settings<ConsumerSettings>(key), provider.GetRequiredKeyedService<ConsumerPulse>(key), provider));
        return services.AddSettings<ConsumerSettings, ConsumerOptions>(section, name)
            .Configure(settings => settings.Topics.UnionWith(topics));
    }

    /// <summary>Adds a check whether the cluster of an admin client answers.</summary>
    /// <param name="checks">The health checks.</param>
    /// <param name="name">The admin client's key; null for the one without a key.</param>
    /// <param name="failureStatus">What counts as the state when it does not; null for unhealthy.</param>
    /// <param name="timeout">How long the answer may take.</param>
    public static IHealthChecksBuilder AddPerfLogCluster(
        this IHealthChecksBuilder checks, string? name = null, HealthStatus? failureStatus = null, TimeSpan? timeout = null) =>
        checks.Add(new HealthCheckRegistration(
            name is null ? "perflog-cluster" : $"perflog-cluster-{name}",
            provider => new ClusterHealthCheck(name is null
                ? provider.GetRequiredService<AdminClient>()
                : provider.GetRequiredKeyedService<AdminClient>(name)),
            failureStatus,
            tags: null,
            timeout ?? TimeSpan.FromSeconds(5)));

    /// <summary>Adds a check whether a hosted consumer runs and its handler does not hang.</summary>
    /// <param name="checks">The health checks.</param>
    /// <param name="name">The consumer's name; null for the one without a name.</param>
    /// <param name="failureStatus">What counts as the state when it does not; null for unhealthy.</param>
    public static IHealthChecksBuilder AddPerfLogConsumer(
        this IHealthChecksBuilder checks, string? name = null, HealthStatus? failureStatus = null)
    {
        string key = name ?? Options.Options.DefaultName;
        return checks.Add(new HealthCheckRegistration(
            name is null ? "perflog-consumer" : $"perflog-consumer-{name}",
            provider => new ConsumerHealthCheck(
                provider.GetRequiredKeyedService<ConsumerPulse>(key), provider.Settings<ConsumerSettings>(key)),
            failureStatus,
            tags: null));
    }

    internal static TSerde? Serde<TSerde>(this IServiceProvider provider, string key)
        where TSerde : class =>
        (key.Length == 0 ? null : provider.GetKeyedService<TSerde>(key)) ?? provider.GetService<TSerde>();

    /// <summary>The host's log, unless the options have another.</summary>
    internal static ILoggerFactory LogOf(this IServiceProvider provider, ILoggerFactory chosen) =>
        chosen is NullLoggerFactory ? provider.GetService<ILoggerFactory>() ?? chosen : chosen;

    private static TSettings Settings<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TSettings>(
        this IServiceProvider provider, string key)
        where TSettings : class => provider.GetRequiredService<IOptionsMonitor<TSettings>>().Get(key);

    private static void AddClient<TClient>(this IServiceCollection services, string? name, Func<IServiceProvider, string, TClient> make)
        where TClient : class
    {
        if (name is null) services.TryAddSingleton(provider => make(provider, Options.Options.DefaultName));
        else services.TryAddKeyedSingleton(name, (provider, _) => make(provider, name));
    }

    private static OptionsBuilder<TSettings> AddSettings<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TSettings, TOptions>(
        this IServiceCollection services, IConfiguration section, string? name)
        where TSettings : ClientSettings<TOptions>
    {
        string key = name ?? Options.Options.DefaultName;
        services.AddSingleton<IValidateOptions<TSettings>>(new SettingsValidator<TSettings, TOptions>(key));
        return services.AddOptions<TSettings>(key).Configure(settings => settings.Read(section)).ValidateOnStart();
    }
}
