using PerfLog.Client.Admin;

namespace PerfLog.Client.Hosting;

/// <summary>The settings of an admin client.</summary>
public sealed class AdminSettings : ClientSettings<AdminClientOptions>
{
    private protected override AdminClientOptions FromProperties(IReadOnlyDictionary<string, string> properties) =>
        new AdminClientOptions { BootstrapServers = "" }.With(properties);

    private protected override void Validate(AdminClientOptions options) => options.Validate();
}
