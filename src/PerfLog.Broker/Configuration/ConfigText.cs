using System.Collections.Immutable;
using System.Globalization;

namespace PerfLog.Broker.Configuration;

/// <summary>Values as text and back. Texts that went through <see cref="ConfigKey.ProblemWith"/> always read.</summary>
internal static class ConfigText
{
    public static bool TryBoolean(string text, out bool value) => bool.TryParse(text.Trim(), out value);

    public static bool TryDouble(string text, out double value) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    public static ImmutableArray<string> List(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    public static bool Boolean(string text) => bool.Parse(text.Trim());

    public static long Long(string text) => long.Parse(text.Trim(), CultureInfo.InvariantCulture);

    public static int Int(string text) => int.Parse(text.Trim(), CultureInfo.InvariantCulture);

    public static double Double(string text) => double.Parse(text.Trim(), CultureInfo.InvariantCulture);

    public static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);
}
