namespace PerfLog.Testing;

/// <summary>A folder of the operating system that goes when it is disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("perflog-test-").FullName;

    /// <summary>Makes a file in it.</summary>
    /// <returns>The file's path.</returns>
    public string File(string name, string text) => File(name, System.Text.Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="File(string, string)"/>
    public string File(string name, byte[] bytes)
    {
        string path = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
