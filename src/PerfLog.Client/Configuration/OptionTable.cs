using System.Globalization;
using PerfLog.Text;

namespace PerfLog.Client;

/// <summary>
/// Kafka's names of a client's options, and what each does to the typed ones. Made once for each kind of client; any thread
/// may read with it.
/// </summary>
internal sealed class OptionTable<TOptions>
{
    private readonly Dictionary<string, Func<TOptions, string, TOptions>> _options = [];

    public IEnumerable<string> Names => _options.Keys.Order(StringComparer.Ordinal);

    public OptionTable<TOptions> Text(string name, Func<TOptions, string, TOptions> set)
    {
        _options.Add(name, set);
        return this;
    }

    public OptionTable<TOptions> Number(string name, Func<TOptions, int, TOptions> set) => Text(
        name,
        (options, text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? set(options, value)
            : throw Bad(name, text, "a whole number from -2147483648 to 2147483647"));

    public OptionTable<TOptions> Bytes(string name, Func<TOptions, long, TOptions> set) => Text(
        name,
        (options, text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? set(options, value)
            : throw Bad(name, text, "a whole number"));

    public OptionTable<TOptions> Milliseconds(string name, Func<TOptions, TimeSpan, TOptions> set) => Text(
        name,
        (options, text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? set(options, TimeSpan.FromMilliseconds(value))
            : throw Bad(name, text, "milliseconds from 0 to 2147483647"));

    public OptionTable<TOptions> Switch(string name, Func<TOptions, bool, TOptions> set) => Text(
        name,
        (options, text) => bool.TryParse(text, out bool value) ? set(options, value) : throw Bad(name, text, "true or false"));

    public OptionTable<TOptions> Choice<T>(string name, IReadOnlyDictionary<string, T> choices, Func<TOptions, T, TOptions> set) => Text(
        name,
        (options, text) => choices.TryGetValue(text, out T? value)
            ? set(options, value)
            : throw Bad(name, text, $"one of {string.Join(", ", choices.Keys)}"));

    /// <summary>Sets one option.</summary>
    /// <exception cref="ClientConfigurationException">It is unknown or has a bad value.</exception>
    public TOptions Set(TOptions options, string name, string value)
    {
        if (_options.TryGetValue(name, out Func<TOptions, string, TOptions>? set)) return set(options, value.Trim());
        string nearest = _options.Keys.MinBy(known => EditDistance.Between(known, name))!;
        throw new ClientConfigurationException(name, $"The option {name} is unknown; the nearest one is {nearest}.");
    }

    private static ClientConfigurationException Bad(string name, string text, string allowed) =>
        new(name, $"{name}={text} is not allowed: it must be {allowed}.");
}
