namespace PerfLog.Client;

/// <summary>Checks of options, in words that name the option, its value and what is allowed.</summary>
internal static class Limits
{
    public static void Require(bool holds, string option, object value, string allowed)
    {
        if (!holds) throw new ClientConfigurationException(option, $"{option}={value} is not allowed: it must be {allowed}.");
    }

    public static void RequireTime(TimeSpan time, string option) =>
        Require(time >= TimeSpan.Zero && time.TotalMilliseconds <= int.MaxValue, option, time.TotalMilliseconds, "from 0 to 2147483647");
}
