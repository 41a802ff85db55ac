using PerfLog.Client.Admin;

namespace PerfLog.Client;

/// <summary>An admin client's options by Kafka's names.</summary>
internal static class AdminProperties
{
    public static readonly OptionTable<AdminClientOptions> Table = new OptionTable<AdminClientOptions>()
        .Text("bootstrap.servers", static (options, value) => options with { BootstrapServers = value })
        .Text("client.id", static (options, value) => options with { ClientId = value })
        .Milliseconds("request.timeout.ms", static (options, value) => options with { RequestTimeout = value })
        .Milliseconds("default.api.timeout.ms", static (options, value) => options with { CallTimeout = value })
        .Milliseconds("metadata.max.age.ms", static (options, value) => options with { MetadataMaxAge = value })
        .Milliseconds("retry.backoff.ms", static (options, value) => options with { RetryBackoff = value })
        .Security(static (options, change) => options with { Security = change(options.Security) });
}
