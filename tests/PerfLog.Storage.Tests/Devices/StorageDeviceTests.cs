using Microsoft.Extensions.Logging.Abstractions;
using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Devices;

/// <summary>Goal: what the engine relies on holds for each device alike.</summary>
public sealed class StorageDeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Devices => ["vectored", "io_uring", "memory", "faulty"];

    [Theory]
    [MemberData(nameof(Devices))]
    public void Bytes_are_read_where_they_were_written_and_a_gap_is_zeros(string name)
    {
        IStorageDevice device = DeviceOf(name);
        byte[] large = new byte[700_000];
        new Random(1).NextBytes(large);
        using IStorageFile file = device.OpenFile(PathOf("file"), FileOpening.OrCreate);

        file.Write(5, large);
        file.WriteGathered(700_010, [large.AsMemory(0, 300_000), large.AsMemory(0, 10), large.AsMemory(300_000)]);

        byte[] read = new byte[2_000_000];
        Assert.Equal(1_400_020, file.Read(0, read));
        Assert.Equal(new byte[5], read[..5]);
        Assert.Equal(large, read[5..700_005]);
        Assert.Equal([.. large[..300_000], .. large[..10], .. large[300_000..]], read[700_010..1_400_020]);
        file.SetLength(10);
        Assert.Equal(10, file.Read(0, read));
        file.SetLength(20);
        Assert.Equal(new byte[10], ReadAt(file, 10, 10));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Pieces_of_all_sizes_are_written_one_behind_the_other(string name)
    {
        const int boundary = 256 * 1024;
        var random = new Random(3);
        byte[] bytes = new byte[3 * boundary];
        random.NextBytes(bytes);
        using IStorageFile file = DeviceOf(name).OpenFile(PathOf("file"), FileOpening.OrCreate);
        using MemoryStream model = new();
        for (int turn = 0; turn < 60; turn++)
        {
            // To a boundary now and then, with nothing among them, and far past it.
            int toBoundary = boundary - (int)(model.Length % boundary);
            int[] sizes = [turn % 3 == 0 ? toBoundary : random.Next(2 * boundary), 0, random.Next(100), turn % 5 == 0 ? bytes.Length : 1];
            ReadOnlyMemory<byte>[] pieces = [.. sizes.Select(size => (ReadOnlyMemory<byte>)bytes.AsMemory(random.Next(bytes.Length - size + 1), size))];

            file.WriteGathered(model.Length, pieces);
            foreach (ReadOnlyMemory<byte> piece in pieces) model.Write(piece.Span);
        }

        Assert.Equal(model.Length, file.Length);
        Assert.Equal(model.ToArray(), ReadAt(file, 0, (int)model.Length));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_mapping_is_written_read_trimmed_and_found_again_in_the_file(string name)
    {
        IStorageDevice device = DeviceOf(name);
        using (IMappedFile mapped = device.Map(PathOf("index"), 100_000))
        {
            for (int at = 0; at < 20_000; at += 8) mapped.Reserve(at, 8).Fill((byte)(at / 8));
            Assert.Equal((byte)17, mapped.Bytes[17 * 8]);
            mapped.Trim(19_200);
            mapped.Flush();
        }

        using IStorageFile file = device.OpenFile(PathOf("index"), FileOpening.Existing);
        Assert.Equal(19_200, file.Length);
        using IMappedFile again = device.Map(PathOf("index"), 0);
        Assert.Equal(19_200, again.Bytes.Length);
        for (int i = 0; i < 2_400; i++) Assert.Equal((byte)i, again.Bytes[i * 8]);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void An_open_file_is_readable_after_it_was_renamed_and_removed(string name)
    {
        IStorageDevice device = DeviceOf(name);
        using IStorageFile file = device.OpenFile(PathOf("a"), FileOpening.OrCreate);
        file.Write(0, "bytes"u8);

        device.RenameFile(PathOf("a"), PathOf("b"));
        Assert.Equal((false, true), (device.FileExists(PathOf("a")), device.FileExists(PathOf("b"))));
        device.DeleteFile(PathOf("b"));
        device.DeleteFile(PathOf("b"));

        Assert.Equal("bytes"u8.ToArray(), ReadAt(file, 0, 5));
        Assert.Throws<FileNotFoundException>(() => device.OpenFile(PathOf("a"), FileOpening.Existing));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Folders_are_listed_renamed_and_removed_with_what_is_in_them(string name)
    {
        IStorageDevice device = DeviceOf(name);
        device.CreateDirectory(PathOf("x/y"));
        device.OpenFile(PathOf("x/file"), FileOpening.OrCreate).Dispose();

        device.RenameDirectory(PathOf("x"), PathOf("z"));
        device.FlushDirectory(PathOf("z"));

        Assert.Equal(["z"], device.ListDirectories(_folder.Path));
        Assert.Equal([new FileEntry("file", 0)], device.ListFiles(PathOf("z")));
        device.DeleteDirectory(PathOf("z"));
        Assert.False(device.DirectoryExists(PathOf("z/y")));
        Assert.False(device.FileExists(PathOf("z/file")));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_lock_has_one_owner(string name)
    {
        IStorageDevice device = DeviceOf(name);
        using (Assert.IsAssignableFrom<IDisposable>(device.TryLock(PathOf(".lock")))) Assert.Null(device.TryLock(PathOf(".lock")));
        using IDisposable? again = device.TryLock(PathOf(".lock"));
        Assert.NotNull(again);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Many_files_are_flushed_together(string name)
    {
        IStorageDevice device = DeviceOf(name);
        List<IStorageFile> files = [.. Enumerable.Range(0, 100).Select(i => device.OpenFile(PathOf($"{i}.log"), FileOpening.OrCreate))];
        foreach (IStorageFile file in files) file.Write(0, "bytes"u8);

        device.FlushFiles(files);

        if (device is FaultyDevice faulty) faulty.Crash();
        foreach (IStorageFile file in files) Assert.Equal("bytes"u8.ToArray(), ReadAt(file, 0, 5));
        foreach (IStorageFile file in files) file.Dispose();
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Space_is_taken_as_zeros_and_writeback_changes_nothing(string name)
    {
        IStorageDevice device = DeviceOf(name);
        using IStorageFile file = device.OpenFile(PathOf("file.log"), FileOpening.OrCreate);
        file.Write(0, "bytes"u8);

        file.Extend(10_000);
        file.BeginWriteback(0, 5);
        file.Advance();
        file.Settle();

        Assert.Equal(10_000, file.Length);
        Assert.Equal([.. "bytes"u8.ToArray(), .. new byte[9_995]], ReadAt(file, 0, 20_000));
    }

    [Fact]
    public async Task An_idle_log_holds_no_file_open_and_maps_nothing()
    {
        VectoredDevice device = new();
        await using LogDirectory directory = await LogDirectory.OpenAsync(
            TestDirectory.SettingsFor(_folder.Path), device, _ => LogOptions.Default, TestDirectory.Clock(),
            NullLogger.Instance);

        for (int i = 0; i < 50; i++) directory.Create(new TopicPartition("idle", i), new Uuid(1, 2), LogOptions.Default);

        Assert.DoesNotContain(OpenFiles(), path => path.StartsWith(_folder.Path + "/idle", StringComparison.Ordinal));
        Assert.DoesNotContain(_folder.Path + "/idle", await File.ReadAllTextAsync("/proc/self/maps"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] ReadAt(IStorageFile file, long position, int length)
    {
        byte[] bytes = new byte[length];
        return bytes[..file.Read(position, bytes)];
    }

    private static IEnumerable<string> OpenFiles() =>
        Directory.EnumerateFiles("/proc/self/fd").Select(static link => new FileInfo(link).LinkTarget ?? "");

    private IStorageDevice DeviceOf(string name)
    {
        IStorageDevice device = name switch
        {
            "vectored" => new VectoredDevice(),
            "io_uring" => RealDevices.IoUring(),
            "memory" => new MemoryDevice(TestDirectory.Clock()),
            _ => new FaultyDevice(1, TestDirectory.Clock()),
        };
        device.CreateDirectory(_folder.Path);
        return device;
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, name);
}
