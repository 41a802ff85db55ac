namespace PerfLog.Protocol.Tests.Golden;

/// <summary>The vectors of a golden file, by the words before their bytes.</summary>
public static class Vectors
{
    public static byte[] Find(string file, string name)
    {
        string line = Lines(file).Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return Convert.FromHexString(line[(line.LastIndexOf(' ') + 1)..]);
    }

    public static IEnumerable<(string Name, byte[] Bytes)> All(string file, string prefix) => Lines(file)
        .Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
        .Select(static line => (line[..line.LastIndexOf(' ')], Convert.FromHexString(line[(line.LastIndexOf(' ') + 1)..])));

    private static IEnumerable<string> Lines(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", file)).Where(static line => line.Length > 0 && line[0] != '#');
}
