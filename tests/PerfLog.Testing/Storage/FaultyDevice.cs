using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>
/// A disk in memory that fails as disks do. The model:
/// <list type="bullet">
/// <item>A written byte is seen by readers at once, and survives a crash for sure only once its file was flushed.</item>
/// <item>Of the writes and length changes since the flush each survives or not, in any combination; a write may survive
/// in part, in sectors of 512 or 4096 bytes. What lies between is zeros or older bytes.</item>
/// <item>What a failed flush was to bring to the disk never gets there, though readers see it until a crash.</item>
/// <item>Creations, renames and removals form a journal. A crash keeps a prefix of it that holds at least what was there at
/// the last flush of any directory, as ordered journals do.</item>
/// <item>Writes and flushes fail on demand. The disk can be full: then a write gets as far as there is room.</item>
/// </list>
/// All randomness comes from one seed. Files opened before a crash are dead after it: they swallow writes.
/// </summary>
public sealed class FaultyDevice(int seed, TimeProvider time) : IStorageDevice
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, FaultyNode> _files = [];
    private readonly SortedSet<string> _directories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locks = [];
    private readonly List<Action> _journalUndo = [];
    private readonly DirectWindows _windows = new(new DirectLayout(256, 4, 64, 0), int.MaxValue, usesRings: false);

    /// <inheritdoc/>
    public string Name => "faulty";

    /// <summary>The bytes that may still be written before the disk is full.</summary>
    public long FreeBytes { get; set; } = long.MaxValue;

    /// <summary>Says of a path whether writing to it fails.</summary>
    public Func<string, bool> FailsWrite { get; set; } = static _ => false;

    /// <summary>Says of a path whether flushing it fails.</summary>
    public Func<string, bool> FailsFlush { get; set; } = static _ => false;

    /// <summary>A known-bad variant: flushes of such paths report success and keep nothing. Whoever checks durability must notice.</summary>
    public Func<string, bool> LosesFlush { get; set; } = static _ => false;

    /// <summary>A known-bad variant: reading a log file makes the batches' checksums right. Whoever checks them checks nothing.</summary>
    public bool ForgesChecksums { get; set; }

    /// <summary>The power goes off at the change after so many: it and all later ones fail until <see cref="Crash"/>.</summary>
    public int ChangesUntilPowerLoss { get; set; } = int.MaxValue;

    /// <summary>The chance of each unflushed write to survive a crash.</summary>
    public int SurvivalPercent { get; set; } = 60;

    /// <summary>Log files are written by the engine's direct path, in small blocks: what it has in memory only is lost in a crash.</summary>
    public bool WritesDirectly { get; init; }

    internal Lock Gate { get; } = new();

    internal int Generation { get; private set; }

    internal TimestampMs Now => TimestampMs.Now(time);

    /// <summary>Cuts the power and turns it on again.</summary>
    public void Crash()
    {
        lock (Gate)
        {
            Generation++;
            ChangesUntilPowerLoss = int.MaxValue;
            int lost = _random.Next(_journalUndo.Count + 1);
            for (int i = 0; i < lost; i++) _journalUndo[^(i + 1)]();
            _journalUndo.Clear();
            foreach (FaultyNode node in _files.Values) node.Crash(_random, SurvivalPercent);
            _locks.Clear();
        }
    }

    /// <summary>Changes bytes of a file behind the engine's back.</summary>
    public void Corrupt(string path, Func<byte[], byte[]> change)
    {
        lock (Gate)
        {
            byte[] changed = change(_files[path].Content.ToArray());
            _files[path].SetLength(0);
            _files[path].Write(0, changed);
            _files[path].Flush();
        }
    }

    /// <summary>The paths of all files.</summary>
    public IReadOnlyList<string> AllFiles()
    {
        lock (Gate) return [.. _files.Keys.Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public IStorageFile OpenFile(string path, FileOpening opening)
    {
        lock (Gate)
        {
            if (!_files.TryGetValue(path, out FaultyNode? node))
            {
                if (opening == FileOpening.Existing) throw new FileNotFoundException($"{path} does not exist.", path);
                Require(Path.GetDirectoryName(path)!);
                BeforeChange(path);
                _files[path] = node = new FaultyNode { LastWriteTime = Now };
                _journalUndo.Add(() => _files.Remove(path));
            }

            FaultyFile file = new(this, node, path);
            return WritesDirectly && path.EndsWith(".log", StringComparison.Ordinal)
                ? new DirectFile(file, _windows, static (file, _) => new PlainBlockWriter(file))
                : file;
        }
    }

    /// <inheritdoc/>
    public IMappedFile Map(string path, int capacityBytes) => new MemoryMapping(
        OpenFile(path, capacityBytes > 0 ? FileOpening.OrCreate : FileOpening.Existing), capacityBytes);

    /// <inheritdoc/>
    public bool FileExists(string path)
    {
        lock (Gate) return _files.ContainsKey(path);
    }

    /// <inheritdoc/>
    public bool DirectoryExists(string path)
    {
        lock (Gate) return _directories.Contains(path);
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        BeforeChange(path);
        lock (Gate)
        {
            for (string? each = path; !string.IsNullOrEmpty(each); each = Path.GetDirectoryName(each))
            {
                string made = each;
                if (_directories.Add(made)) _journalUndo.Add(() => _directories.Remove(made));
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> ListFiles(string directory)
    {
        lock (Gate)
        {
            Require(directory);
            return [.. _files.Where(file => Path.GetDirectoryName(file.Key) == directory)
                .Select(file => new FileEntry(Path.GetFileName(file.Key), file.Value.Content.Length))];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory)
    {
        lock (Gate)
        {
            Require(directory);
            return [.. _directories.Where(each => Path.GetDirectoryName(each) == directory).Select(each => Path.GetFileName(each))];
        }
    }

    /// <inheritdoc/>
    public TimestampMs LastWriteTime(string path)
    {
        lock (Gate) return _files[path].LastWriteTime;
    }

    /// <inheritdoc/>
    public void RenameFile(string from, string to)
    {
        BeforeChange(from);
        lock (Gate)
        {
            if (!_files.Remove(from, out FaultyNode? node)) throw new FileNotFoundException($"{from} does not exist.", from);
            FaultyNode? replaced = _files.GetValueOrDefault(to);
            _files[to] = node;
            _journalUndo.Add(() =>
            {
                _files[from] = node;
                if (replaced is null) _files.Remove(to);
                else _files[to] = replaced;
            });
        }
    }

    /// <inheritdoc/>
    public void RenameDirectory(string from, string to)
    {
        BeforeChange(from);
        lock (Gate)
        {
            Require(from);
            if (_directories.Contains(to)) throw new IOException($"{to} exists.");
            Move(from, to);
            _journalUndo.Add(() => Move(to, from));
        }
    }

    /// <inheritdoc/>
    public void DeleteFile(string path)
    {
        BeforeChange(path);
        lock (Gate)
        {
            if (_files.Remove(path, out FaultyNode? node)) _journalUndo.Add(() => _files[path] = node);
        }
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        BeforeChange(path);
        lock (Gate)
        {
            foreach (string name in _files.Keys.Where(name => IsWithin(name, path)).ToList()) DeleteFileHeld(name);
            foreach (string each in _directories.Where(each => IsWithin(each, path)).ToList())
            {
                _directories.Remove(each);
                _journalUndo.Add(() => _directories.Add(each));
            }
        }
    }

    /// <inheritdoc/>
    public long FreeSpace(string path) => FreeBytes;

    /// <inheritdoc/>
    public void FlushDirectory(string path)
    {
        BeforeFlush(path);
        lock (Gate) _journalUndo.Clear();
    }

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        lock (Gate) return _locks.Add(path) ? new HeldName(this, path, Generation) : null;
    }

    /// <returns>The bytes that there is room for.</returns>
    internal int BeforeWrite(string path, int bytes)
    {
        BeforeChange(path);
        if (FailsWrite(path)) throw new IOException($"{path}: input/output error (injected)");
        int fitting = (int)Math.Min(FreeBytes, bytes);
        if (FreeBytes != long.MaxValue) FreeBytes -= fitting;
        return fitting;
    }

    internal void BeforeFlush(string path)
    {
        BeforeChange(path);
        if (!FailsFlush(path)) return;
        lock (Gate)
        {
            if (_files.TryGetValue(path, out FaultyNode? node)) node.DropUnflushed();
        }

        throw new IOException($"{path}: flush failed (injected)");
    }

    internal void BeforeChange(string path)
    {
        if (ChangesUntilPowerLoss == 0) throw new IOException($"{path}: the power is off (injected)");
        if (ChangesUntilPowerLoss != int.MaxValue) ChangesUntilPowerLoss--;
    }

    private static bool IsWithin(string name, string directory) =>
        name == directory || name.StartsWith(directory + "/", StringComparison.Ordinal);

    private void DeleteFileHeld(string path)
    {
        if (_files.Remove(path, out FaultyNode? node)) _journalUndo.Add(() => _files[path] = node);
    }

    private void Move(string from, string to)
    {
        foreach (string each in _directories.Where(each => IsWithin(each, from)).ToList())
        {
            _directories.Remove(each);
            _directories.Add(to + each[from.Length..]);
        }

        foreach (string name in _files.Keys.Where(name => IsWithin(name, from)).ToList())
        {
            _files.Remove(name, out FaultyNode? node);
            _files[to + name[from.Length..]] = node!;
        }
    }

    private void Require(string directory)
    {
        if (!_directories.Contains(directory)) throw new DirectoryNotFoundException($"{directory} does not exist.");
    }

    private sealed class HeldName(FaultyDevice device, string path, int generation) : IDisposable
    {
        public void Dispose()
        {
            lock (device.Gate)
            {
                if (device.Generation == generation) device._locks.Remove(path);
            }
        }
    }
}
