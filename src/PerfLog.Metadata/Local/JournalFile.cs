using Microsoft.Win32.SafeHandles;

namespace PerfLog.Metadata;

/// <summary>
/// A journal in a directory of its own: <c>metadata.journal</c>, and <c>metadata.lock</c>, which keeps a second process out
/// as long as this object lives.
/// </summary>
internal sealed class JournalFile : IJournalStorage
{
    public const string FileName = "metadata.journal";
    public const string LockName = "metadata.lock";
    private const string NewName = FileName + ".new";

    private readonly string _directory;
    private readonly SafeFileHandle _lock;
    private SafeFileHandle? _journal;
    private long _length;

    public JournalFile(string directory)
    {
        _directory = Path.GetFullPath(directory);
        Directory.CreateDirectory(_directory);
        _lock = Lock(Path.Combine(_directory, LockName));
    }

    public string Name => Path.Combine(_directory, FileName);

    public byte[]? Read()
    {
        if (!File.Exists(Name)) return null;
        _journal ??= OpenForAppend();
        _length = RandomAccess.GetLength(_journal);
        var bytes = new byte[_length];
        int read = 0;
        while (read < bytes.Length)
        {
            int got = RandomAccess.Read(_journal, bytes.AsSpan(read), read);
            if (got == 0) throw new CorruptMetadataException($"{Name} ends at byte {read} of {bytes.Length}.");
            read += got;
        }

        return bytes;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        SafeFileHandle journal = Opened();
        RandomAccess.Write(journal, bytes, _length);
        RandomAccess.FlushToDisk(journal);
        _length += bytes.Length;
    }

    public void Cut(long lengthBytes)
    {
        SafeFileHandle journal = Opened();
        RandomAccess.SetLength(journal, lengthBytes);
        RandomAccess.FlushToDisk(journal);
        _length = lengthBytes;
    }

    public void Replace(ReadOnlySpan<byte> bytes)
    {
        string newPath = Path.Combine(_directory, NewName);
        using (SafeFileHandle created = File.OpenHandle(newPath, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(created, bytes, 0);
            RandomAccess.FlushToDisk(created);
        }

        // The name must be durable too: otherwise a crash could bring back the old file, and with it lose every
        // transaction that was acknowledged out of the new one.
        File.Move(newPath, Name, overwrite: true);
        DirectoryFlush.Flush(_directory);
        _journal?.Dispose();
        _journal = OpenForAppend();
        _length = bytes.Length;
    }

    public void Dispose()
    {
        _journal?.Dispose();
        _lock.Dispose();
    }

    private static SafeFileHandle Lock(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new MetadataUnavailableException(
                $"The metadata directory cannot be locked; another process may use it: {exception.Message}", exception);
        }
    }

    private SafeFileHandle OpenForAppend() =>
        File.OpenHandle(Name, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

    private SafeFileHandle Opened() =>
        _journal ?? throw new InvalidOperationException("The journal is read or replaced before it is written.");
}
