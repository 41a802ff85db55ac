namespace PerfLog.Broker.Configuration;

/// <summary>
/// Names of environment variables that stand for keys: <c>PERFLOG_</c> or <c>KAFKA_</c>, then the key in capitals, with
/// <c>_</c> for a dot, <c>__</c> for a dash and <c>___</c> for an underscore. <c>PERFLOG_LOG_RETENTION_MS</c> is
/// <c>log.retention.ms</c>. All methods are pure.
/// </summary>
internal static class EnvironmentKeys
{
    public const string OwnPrefix = "PERFLOG_";
    public const string KafkaPrefix = "KAFKA_";

    /// <summary>The key that a variable stands for, or null when it has neither prefix.</summary>
    public static string? KeyOf(string variable)
    {
        string? name = WithoutPrefix(variable, OwnPrefix) ?? WithoutPrefix(variable, KafkaPrefix);
        return name?.Replace("___", "\0").Replace("__", "-").Replace('_', '.').Replace('\0', '_').ToLowerInvariant();
    }

    private static string? WithoutPrefix(string variable, string prefix) =>
        variable.Length > prefix.Length && variable.StartsWith(prefix, StringComparison.Ordinal) ? variable[prefix.Length..] : null;
}
