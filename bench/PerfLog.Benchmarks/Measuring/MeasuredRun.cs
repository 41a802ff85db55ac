using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>The figures of one run and its conditions. Immutable.</summary>
internal sealed record MeasuredRun(Conditions Conditions, IReadOnlyList<Figure> Figures)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string ToJson() => new JsonObject
    {
        ["machine"] = ToJson(Conditions.Machine),
        ["commit"] = Conditions.Commit,
        ["date"] = Conditions.Date.ToString("O"),
        ["mode"] = Conditions.Mode,
        ["busyPercentBefore"] = Math.Round(Conditions.BusyPercent, 1),
        ["readyMemoryGib"] = Conditions.ReadyMemoryGib,
        ["quiet"] = Conditions.WasQuiet,
        ["figures"] = new JsonArray([.. Figures.Select(ToJson)]),
    }.ToJsonString(Json);

    private static JsonNode ToJson(Machine machine) => new JsonObject
    {
        ["cpu"] = machine.Cpu,
        ["cores"] = machine.Cores,
        ["kernel"] = machine.Kernel,
        ["fileSystem"] = machine.FileSystem,
        ["memoryMegabytes"] = machine.MemoryMegabytes,
        ["runtime"] = machine.Runtime,
    };

    private static JsonNode ToJson(Figure figure) => new JsonObject
    {
        ["name"] = figure.Name,
        ["value"] = figure.Value,
        ["unit"] = figure.Unit,
        ["lowest"] = figure.Spread?.Lowest,
        ["highest"] = figure.Spread?.Highest,
        ["limit"] = figure.Limit,
        ["limitValue"] = figure.LimitValue,
        ["ratio"] = figure.Ratio,
        ["goal"] = figure.Goal?.ToString(),
        ["reached"] = figure.Reached,
    };
}
