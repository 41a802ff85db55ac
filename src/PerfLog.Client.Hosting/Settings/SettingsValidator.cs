using Microsoft.Extensions.Options;

namespace PerfLog.Client.Hosting;

/// <summary>Refuses settings from which no client can be made, when the host starts, in the words that the client would use.</summary>
internal sealed class SettingsValidator<TSettings, TOptions>(string name) : IValidateOptions<TSettings>
    where TSettings : ClientSettings<TOptions>
{
    public ValidateOptionsResult Validate(string? of, TSettings settings)
    {
        if (of != name) return ValidateOptionsResult.Skip;
        try
        {
            settings.Build();
            return ValidateOptionsResult.Success;
        }
        catch (ClientConfigurationException fault)
        {
            return ValidateOptionsResult.Fail(name.Length == 0 ? fault.Message : $"{name}: {fault.Message}");
        }
    }
}
