using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>Emits the list of apis: their keys by name, and the versions of their requests.</summary>
internal static class ApiKeyEmitter
{
    public static string EmitKeys(IEnumerable<ApiModel> requests)
    {
        CodeWriter code = CodeWriter.File("PerfLog.Protocol");
        code.Line("/// <summary>The protocol's apis; the numbers travel on the wire.</summary>");
        code.Open("public enum ApiKey : short");
        foreach (ApiModel api in requests) code.Line($"{api.ApiName} = {api.Number},");
        code.Close();
        return code.ToString();
    }

    public static string EmitVersions(IEnumerable<ApiModel> requests)
    {
        CodeWriter code = CodeWriter.File("PerfLog.Protocol");
        List<ApiModel> all = [.. requests];
        code.Line("/// <summary>The versions of each api that the messages know.</summary>");
        code.Open("public static class ApiVersionCatalogue");
        code.Line("/// <summary>All apis, by their numbers.</summary>");
        code.Line($"public static ReadOnlySpan<ApiKey> Keys => [{string.Join(", ", all.Select(static api => $"ApiKey.{api.ApiName}"))}];");
        code.Blank();
        code.Line("/// <summary>Finds the versions of an api's messages.</summary>");
        code.Line("/// <returns>False when the number is no api's.</returns>");
        code.Open("public static bool TryFind(ApiKey key, out MessageVersions versions)");
        code.Open("(bool known, versions) = key switch");
        foreach (ApiModel api in all) code.Line($"ApiKey.{api.ApiName} => (true, Messages.{api.Name}.Versions),");
        code.Line("_ => (false, default),");
        code.Close("};");
        code.Line("return known;");
        code.Close();
        code.Close();
        return code.ToString();
    }
}
