using System.Collections.Concurrent;

namespace PerfLog.Storage;

/// <summary>
/// Files that live in this process only: for tests and for a broker that keeps nothing. Flushing does nothing, for what
/// ends the process ends the files. A new <see cref="LogDirectory"/> on the same device finds what an earlier one left.
/// </summary>
public sealed class MemoryDevice(TimeProvider time) : IStorageDevice
{
    private readonly Lock _names = new();
    private readonly SortedDictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _directories = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _locks = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public IStorageFile OpenFile(string path, FileOpening opening)
    {
        lock (_names)
        {
            if (_files.TryGetValue(path, out MemoryFile? file)) return file;
            if (opening == FileOpening.Existing) throw new FileNotFoundException($"{path} does not exist.", path);
            RequireDirectoryOf(path);
            return _files[path] = new MemoryFile(path, time);
        }
    }

    /// <inheritdoc/>
    public IMappedFile Map(string path, int capacityBytes) => new MemoryMapping(
        OpenFile(path, capacityBytes > 0 ? FileOpening.OrCreate : FileOpening.Existing), capacityBytes);

    /// <inheritdoc/>
    public bool FileExists(string path)
    {
        lock (_names) return _files.ContainsKey(path);
    }

    /// <inheritdoc/>
    public bool DirectoryExists(string path)
    {
        lock (_names) return _directories.Contains(path);
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        lock (_names)
        {
            for (string? each = path; !string.IsNullOrEmpty(each); each = Path.GetDirectoryName(each)) _directories.Add(each);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> ListFiles(string directory)
    {
        lock (_names)
        {
            RequireDirectory(directory);
            return [.. _files.Where(file => Path.GetDirectoryName(file.Key) == directory)
                .Select(static file => new FileEntry(Path.GetFileName(file.Key), file.Value.Length))];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory)
    {
        lock (_names)
        {
            RequireDirectory(directory);
            return [.. _directories.Where(each => Path.GetDirectoryName(each) == directory)
                .Select(static each => Path.GetFileName(each))];
        }
    }

    /// <inheritdoc/>
    public TimestampMs LastWriteTime(string path) => ((MemoryFile)OpenFile(path, FileOpening.Existing)).LastWriteTime;

    /// <inheritdoc/>
    public void RenameFile(string from, string to)
    {
        lock (_names)
        {
            RequireDirectoryOf(to);
            if (!_files.Remove(from, out MemoryFile? file)) throw new FileNotFoundException($"{from} does not exist.", from);
            _files[to] = file;
        }
    }

    /// <inheritdoc/>
    public void RenameDirectory(string from, string to)
    {
        lock (_names)
        {
            RequireDirectory(from);
            if (_directories.Contains(to)) throw new IOException($"{to} exists.");
            foreach (string each in _directories.Where(name => IsWithin(name, from)).ToList())
            {
                _directories.Remove(each);
                _directories.Add(to + each[from.Length..]);
            }

            foreach ((string name, MemoryFile file) in _files.Where(file => IsWithin(file.Key, from)).ToList())
            {
                _files.Remove(name);
                _files[to + name[from.Length..]] = file;
            }
        }
    }

    /// <inheritdoc/>
    public void DeleteFile(string path)
    {
        lock (_names) _files.Remove(path);
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        lock (_names)
        {
            _directories.RemoveWhere(each => IsWithin(each, path));
            foreach (string name in _files.Keys.Where(name => IsWithin(name, path)).ToList()) _files.Remove(name);
        }
    }

    /// <inheritdoc/>
    public void FlushDirectory(string path)
    {
    }

    /// <inheritdoc/>
    public IDisposable? TryLock(string path) => _locks.TryAdd(path, 0) ? new HeldName(_locks, path) : null;

    private static bool IsWithin(string name, string directory) =>
        name == directory || (name.StartsWith(directory, StringComparison.Ordinal) && name[directory.Length] == '/');

    private void RequireDirectoryOf(string path) => RequireDirectory(Path.GetDirectoryName(path) ?? "");

    private void RequireDirectory(string path)
    {
        if (!_directories.Contains(path)) throw new DirectoryNotFoundException($"{path} does not exist.");
    }

    private sealed class HeldName(ConcurrentDictionary<string, byte> locks, string path) : IDisposable
    {
        public void Dispose() => locks.TryRemove(path, out _);
    }
}
