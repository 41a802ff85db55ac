namespace PerfLog.Storage;

/// <summary>
/// Files and folders of a directory that have left their logs and wait out <c>file.delete.delay.ms</c>. Any thread. What a
/// crash leaves behind is known by its suffix and removed when the directory is opened.
/// </summary>
internal sealed class DeletedFiles(IStorageDevice device)
{
    private readonly Lock _gate = new();
    private readonly List<(string Path, bool IsFolder, TimestampMs Due)> _waiting = [];

    public void AddFile(string path, TimestampMs due) => Add(path, isFolder: false, due);

    public void AddFolder(string path, TimestampMs due) => Add(path, isFolder: true, due);

    /// <summary>Removes those whose time has come.</summary>
    public void RemoveDue(TimestampMs now)
    {
        foreach ((string path, bool isFolder, _) in TakeDue(now))
        {
            if (isFolder) device.DeleteDirectory(path);
            else device.DeleteFile(path);
        }
    }

    private void Add(string path, bool isFolder, TimestampMs due)
    {
        lock (_gate) _waiting.Add((path, isFolder, due));
    }

    private List<(string Path, bool IsFolder, TimestampMs Due)> TakeDue(TimestampMs now)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0) return [];
            var due = _waiting.Where(each => each.Due <= now).ToList();
            _waiting.RemoveAll(each => each.Due <= now);
            return due;
        }
    }
}
