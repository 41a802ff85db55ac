using PerfLog.Client.Producing;

namespace PerfLog.Client.Hosting;

/// <summary>The settings of a producer.</summary>
public sealed class ProducerSettings : ClientSettings<ProducerOptions>
{
    private protected override ProducerOptions FromProperties(IReadOnlyDictionary<string, string> properties) =>
        new ProducerOptions { BootstrapServers = "" }.With(properties);

    private protected override void Validate(ProducerOptions options) => options.Validate();
}
