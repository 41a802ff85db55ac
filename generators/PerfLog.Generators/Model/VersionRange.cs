using System;

namespace PerfLog.Generators.Model;

/// <summary>The versions of a message in which something exists, both ends included; <c>7+</c> has no upper end.</summary>
internal readonly record struct VersionRange(int Low, int High)
{
    public const int Open = short.MaxValue;

    public static readonly VersionRange Never = new(Open, -1);

    public bool IsEmpty => Low > High;

    public bool Covers(VersionRange other) => other.IsEmpty || (Low <= other.Low && High >= other.High);

    public VersionRange Intersect(VersionRange other)
    {
        VersionRange common = new(Math.Max(Low, other.Low), Math.Min(High, other.High));
        return common.IsEmpty ? Never : common;
    }

    /// <summary>The least range that holds both.</summary>
    public VersionRange Span(VersionRange other)
    {
        if (IsEmpty) return other;
        return other.IsEmpty ? this : new(Math.Min(Low, other.Low), Math.Max(High, other.High));
    }

    /// <summary>Reads <c>3</c>, <c>3-5</c>, <c>3+</c> or <c>none</c>.</summary>
    public static bool TryParse(string text, out VersionRange range)
    {
        range = Never;
        if (text == "none") return true;
        if (text.EndsWith("+", StringComparison.Ordinal)) return TryParse(text.Substring(0, text.Length - 1), "", Open, out range);
        int dash = text.IndexOf('-');
        return dash < 0 ? TryParse(text, text, 0, out range) : TryParse(text.Substring(0, dash), text.Substring(dash + 1), 0, out range);
    }

    private static bool TryParse(string low, string high, int openHigh, out VersionRange range)
    {
        range = Never;
        if (!ushort.TryParse(low, out ushort from) || from >= Open) return false;
        int to = openHigh;
        if (to == 0 && (!int.TryParse(high, out to) || to >= Open || to < from)) return false;
        range = new VersionRange(from, to);
        return true;
    }

    /// <summary>The range in words, as documentation has it.</summary>
    public string InWords() => Low == High ? $"version {Low}" : High >= Open ? $"versions {Low} and up" : $"versions {Low} to {High}";
}
