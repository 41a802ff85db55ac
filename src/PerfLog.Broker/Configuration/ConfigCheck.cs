using System.Globalization;

namespace PerfLog.Broker.Configuration;

/// <summary>What a key allows beyond its type. Immutable.</summary>
public abstract record ConfigCheck
{
    /// <summary>Every value of the type.</summary>
    public static readonly ConfigCheck Anything = new AnythingCheck();

    /// <summary>Every list that has an entry.</summary>
    public static readonly ConfigCheck NotEmpty = new NotEmptyCheck();

    private ConfigCheck()
    {
    }

    /// <summary>The end of the sentence "allowed is a whole number …"; empty when all is allowed.</summary>
    public abstract string Allowed { get; }

    public static ConfigCheck AtLeast(double least) => new RangeCheck(least, double.PositiveInfinity, null);

    public static ConfigCheck Between(double least, double most) => new RangeCheck(least, most, null);

    /// <summary>For limits where <paramref name="exception"/> means that there is none, or that it is derived.</summary>
    public static ConfigCheck AtLeastOr(double least, double exception) =>
        new RangeCheck(least, double.PositiveInfinity, exception);

    public static ConfigCheck BetweenOr(double least, double most, double exception) => new RangeCheck(least, most, exception);

    /// <summary>One of some words, or, for a list, some of them.</summary>
    public static ConfigCheck OneOf(params string[] words) => new WordsCheck(words);

    public virtual bool AllowsNumber(double value) => true;

    public virtual bool AllowsWord(string word) => true;

    public virtual bool AllowsEmpty => true;

    private sealed record AnythingCheck : ConfigCheck
    {
        public override string Allowed => "";
    }

    private sealed record NotEmptyCheck : ConfigCheck
    {
        public override string Allowed => "with at least one entry";

        public override bool AllowsEmpty => false;
    }

    private sealed record RangeCheck(double Least, double Most, double? Exception) : ConfigCheck
    {
        public override string Allowed
        {
            get
            {
                string range = double.IsPositiveInfinity(Most) ? $"of at least {Text(Least)}" : $"from {Text(Least)} to {Text(Most)}";
                return Exception is { } exception ? $"{range}, or {Text(exception)}" : range;
            }
        }

        public override bool AllowsNumber(double value) => (value >= Least && value <= Most) || value == Exception;

        private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private sealed record WordsCheck(string[] Words) : ConfigCheck
    {
        public override string Allowed => $"of {string.Join(", ", Words)}";

        public override bool AllowsEmpty => false;

        public override bool AllowsWord(string word) => Words.Contains(word, StringComparer.Ordinal);
    }
}
