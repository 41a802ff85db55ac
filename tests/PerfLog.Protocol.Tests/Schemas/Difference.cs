using System.Collections;

namespace PerfLog.Protocol.Tests.Schemas;

/// <summary>Compares messages property by property.</summary>
public static class Difference
{
    /// <summary>The path of the first property that differs; null when none does.</summary>
    public static string? Find(object? left, object? right, string path = "")
    {
        if (left is null || right is null) return ReferenceEquals(left, right) ? null : $"{path}: {left ?? "null"} and {right ?? "null"}";
        if (left is IList lefts && right is IList rights) return FindInList(lefts, rights, path);
        if (left is not IProtocolMessage) return left.Equals(right) ? null : $"{path}: {left} and {right}";
        return left.GetType().GetProperties()
            .Where(static property => property.CanWrite)
            .Select(property => Find(property.GetValue(left), property.GetValue(right), $"{path}.{property.Name}"))
            .FirstOrDefault(static difference => difference is not null);
    }

    private static string? FindInList(IList left, IList right, string path)
    {
        if (left.Count != right.Count) return $"{path}: {left.Count} and {right.Count} elements";
        for (int index = 0; index < left.Count; index++)
        {
            if (Find(left[index], right[index], $"{path}[{index}]") is { } difference) return difference;
        }

        return null;
    }
}
