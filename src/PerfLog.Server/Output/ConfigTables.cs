using PerfLog.Client.Admin;
using Spectre.Console;

namespace PerfLog.Server.Output;

/// <summary>The settings of a topic or broker.</summary>
internal sealed record DescribedConfigs(ConfigResource Resource, IReadOnlyList<ConfigEntry> Entries);

/// <summary>Settings, for people and for programs.</summary>
internal static class ConfigTables
{
    private const string Secret = "(secret)";

    public static void Write(TextWriter output, IReadOnlyList<DescribedConfigs> configs)
    {
        foreach (DescribedConfigs described in configs)
        {
            output.WriteLine(described.Entries.Count == 0 ? $"{described.Resource}: nothing is set." : $"{described.Resource}:");
            if (described.Entries.Count == 0) continue;
            var table = new Table().Border(TableBorder.Simple);
            table.AddColumns("Setting", "Value", "From");
            foreach (ConfigEntry entry in described.Entries)
                table.AddRow(Markup.Escape(entry.Name), Markup.Escape(entry.Value ?? (entry.IsSensitive ? Secret : "")), NameOf(entry.Source));
            Terminal.On(output).Write(table);
        }
    }

    public static void WriteJson(TextWriter output, IReadOnlyList<DescribedConfigs> configs) => JsonOutput.Write(output, json =>
    {
        json.WriteStartArray();
        foreach (DescribedConfigs described in configs)
        {
            json.WriteStartObject();
            json.WriteString(described.Resource.Type == ConfigResourceType.Topic ? "topic" : "broker", described.Resource.Name);
            json.WriteStartArray("configs");
            foreach (ConfigEntry entry in described.Entries)
            {
                json.WriteStartObject();
                json.WriteString("name", entry.Name);
                json.WriteString("value", entry.Value);
                json.WriteString("source", NameOf(entry.Source));
                json.WriteBoolean("readOnly", entry.IsReadOnly);
                json.WriteBoolean("sensitive", entry.IsSensitive);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string NameOf(ConfigSource source) => source switch
    {
        ConfigSource.Topic => "topic",
        ConfigSource.Broker => "broker",
        ConfigSource.AllBrokers => "all brokers",
        ConfigSource.BrokerStart => "broker's start",
        ConfigSource.Default => "default",
        _ => "unknown",
    };
}
