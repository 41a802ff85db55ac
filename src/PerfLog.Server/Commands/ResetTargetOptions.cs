using System.CommandLine;
using System.Globalization;
using System.Xml;
using PerfLog.Server.Groups;

namespace PerfLog.Server.Commands;

/// <summary>The options that say where a group's offsets go. Exactly one of them is given.</summary>
internal sealed class ResetTargetOptions
{
    private readonly Option<bool> _earliest = new("--to-earliest") { Description = "To the first record that there is." };
    private readonly Option<bool> _latest = new("--to-latest") { Description = "Behind the last record." };
    private readonly Option<bool> _current = new("--to-current") { Description = "Where the group is, brought inside the log." };
    private readonly Option<long?> _offset = new("--to-offset") { Description = "To this offset." };
    private readonly Option<string?> _time = new("--to-datetime") { Description = "To the first record of this time or later: 2026-01-31T12:00:00[.000][Z|+01:00], local time without a zone." };
    private readonly Option<string?> _duration = new("--by-duration") { Description = "To the first record of the last PT1H30M (ISO 8601), or 90m, 2h, 7d." };
    private readonly Option<long?> _shift = new("--shift-by") { Description = "So many records on, or back when negative." };
    private readonly Option<string?> _file = new("--from-file") { Description = "To the offsets of a file of lines TOPIC,PARTITION,OFFSET." };

    public ResetTargetOptions(Command command)
    {
        foreach (Option option in All) command.Add(option);
    }

    private Option[] All => [_earliest, _latest, _current, _offset, _time, _duration, _shift, _file];

    /// <exception cref="UsageException">None is given, or several, or a value means nothing.</exception>
    public ResetTarget Read(ParseResult invocation)
    {
        ResetTarget[] given = [.. Given(invocation)];
        if (given.Length == 1) return given[0];
        string choices = string.Join(", ", All.Select(static option => option.Name));
        throw new UsageException(given.Length == 0 ? $"Where to? Say one of {choices}." : $"Say only one of {choices}.");
    }

    private IEnumerable<ResetTarget> Given(ParseResult invocation)
    {
        if (invocation.GetValue(_earliest)) yield return new ResetTarget.Earliest();
        if (invocation.GetValue(_latest)) yield return new ResetTarget.Latest();
        if (invocation.GetValue(_current)) yield return new ResetTarget.Current();
        if (invocation.GetValue(_offset) is { } offset) yield return new ResetTarget.At(new Offset(offset));
        if (invocation.GetValue(_time) is { } time) yield return new ResetTarget.Time(TimeOf(time));
        if (invocation.GetValue(_duration) is { } duration) yield return new ResetTarget.Time(TimestampMs.Now(TimeProvider.System) + -(long)DurationOf(duration).TotalMilliseconds);
        if (invocation.GetValue(_shift) is { } records) yield return new ResetTarget.Shift(records);
        if (invocation.GetValue(_file) is { } file) yield return new ResetTarget.Listed(OffsetsFile.Read(file));
    }

    private static TimestampMs TimeOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            ? new TimestampMs(time.ToUnixTimeMilliseconds())
            : throw new UsageException($"--to-datetime: \"{text}\" is no time such as 2026-01-31T12:00:00Z.");

    private static TimeSpan DurationOf(string text)
    {
        try
        {
            return text switch
            {
                [.. var number, 's'] => TimeSpan.FromSeconds(Number(number)),
                [.. var number, 'm'] => TimeSpan.FromMinutes(Number(number)),
                [.. var number, 'h'] => TimeSpan.FromHours(Number(number)),
                [.. var number, 'd'] => TimeSpan.FromDays(Number(number)),
                _ => XmlConvert.ToTimeSpan(text),
            };
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new UsageException($"--by-duration: \"{text}\" is no duration such as PT1H30M or 90m.", error);
        }
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
