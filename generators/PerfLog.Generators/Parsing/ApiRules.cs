using System.Collections.Generic;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Parsing;

/// <summary>The rules that concern all messages together: names and numbers are used once, and requests have responses.</summary>
internal static class ApiRules
{
    public static IEnumerable<SchemaMistake> Check(IEnumerable<ApiModel> messages)
    {
        Dictionary<string, ApiModel> names = [];
        Dictionary<(string Kind, int Number), ApiModel> numbers = [];
        foreach (ApiModel message in messages)
        {
            if (names.TryGetValue(message.Name, out ApiModel? first)) yield return Clash(message, $"{first.Path} declares it too");
            names[message.Name] = message;
            if (message.Kind is not ("request" or "response")) continue;
            if (numbers.TryGetValue((message.Kind, message.Number), out ApiModel? other)) yield return Clash(message, $"{other.Name} has the key {message.Number} too");
            numbers[(message.Kind, message.Number)] = message;
        }

        foreach (ApiModel message in numbers.Values)
        {
            string wanted = message.Kind == "request" ? "response" : "request";
            if (!numbers.TryGetValue((wanted, message.Number), out ApiModel? partner)) yield return Clash(message, $"its {wanted} is missing");
            else if (partner.ApiName != message.ApiName) yield return Clash(message, $"its {wanted} is called {partner.Name}");
            else if (partner.Versions != message.Versions || partner.Flexible != message.Flexible) yield return Clash(message, $"its {wanted} has other versions");
        }
    }

    private static SchemaMistake Clash(ApiModel message, string reason) =>
        new(SchemaRules.DuplicateMessage, message.Path, message.Line, 1, message.Name, reason);
}
