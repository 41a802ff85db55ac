using System.Globalization;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Plan">How long to measure.</param>
/// <param name="Program">The broker's program.</param>
/// <param name="JsonFile">Where the figures go as JSON, too; null for nowhere.</param>
/// <param name="Only">One group of figures, measured without touching the page; null for all.</param>
internal sealed record MeasureOptions(MeasurementPlan Plan, string Program, string? JsonFile, string? Only)
{
    /// <summary>How much free memory is kept within the machine; see <see cref="ReadyMemory"/>.</summary>
    public double ReadyMemoryGib { get; init; } = ReadyMemory.DefaultGib;

    /// <exception cref="UsageException">An option is unknown or lacks its value.</exception>
    public static MeasureOptions Parse(ReadOnlySpan<string> arguments, string defaultProgram)
    {
        var options = new MeasureOptions(MeasurementPlan.Full, defaultProgram, null, null);
        for (int index = 0; index < arguments.Length; index++)
        {
            options = arguments[index] switch
            {
                "--quick" => options with { Plan = MeasurementPlan.Quick },
                "--json" => options with { JsonFile = Value(arguments, ref index) },
                "--only" => options with { Only = Value(arguments, ref index) },
                "--ready-memory" => options with { ReadyMemoryGib = Gib(Value(arguments, ref index)) },
                "--program" => options with { Program = Value(arguments, ref index) },
                string other => throw new UsageException($"Unknown option '{other}'."),
            };
        }

        return options;
    }

    private static double Gib(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double gib) && gib >= 0
            ? gib
            : throw new UsageException($"--ready-memory {text}: a number of GiB is needed.");

    private static string Value(ReadOnlySpan<string> arguments, ref int index) =>
        index + 1 < arguments.Length ? arguments[++index] : throw new UsageException($"{arguments[index]} needs a value.");
}
