using Microsoft.Extensions.Logging;
using PerfLog.Storage.Tests.Devices;
using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests;

/// <summary>Goal: each log is written the way its options ask for, and the directory says which way and why.</summary>
public sealed class WritePathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(null, WritePath.Direct, true)]
    [InlineData(null, WritePath.Cached, false)]
    [InlineData(WritePath.Direct, WritePath.Cached, true)]
    [InlineData(WritePath.Cached, WritePath.Direct, false)]
    public async Task A_large_log_is_written_the_way_that_was_asked_for(WritePath? ofLog, WritePath ofDirectory, bool isDirect)
    {
        await using TestDirectory test = Open(RealDevices.IoUring(), ofLog, ofDirectory);
        await test.OpenAsync();

        for (int i = 0; i < 40; i++) test.Append(TestBatch.Of(10, valueBytes: 10_000));

        DirectFile file = Assert.IsType<DirectFile>(test.Log.State.Active.File);
        Assert.Equal(isDirect, file.IsWrittenDirectly);
        byte[] all = test.ReadAll();
        await test.RestartAsync();
        Assert.Equal(all, test.ReadAll());
        Assert.Equal(all.Length, new FileInfo(test.Log.State.Active.Files.Log).Length);
    }

    [Fact]
    public async Task A_small_log_is_written_through_the_page_cache_in_any_case()
    {
        await using TestDirectory test = Open(RealDevices.IoUring(), WritePath.Direct, WritePath.Direct);
        await test.OpenAsync();

        test.Append(TestBatch.Of(10, valueBytes: 10_000));

        Assert.False(Assert.IsType<DirectFile>(test.Log.State.Active.File).IsWrittenDirectly);
    }

    [Fact]
    public async Task Small_flushes_past_the_page_cache_meet_no_zeros()
    {
        LogOptions options = new() { WritePath = WritePath.Direct, Preallocate = true };
        await using TestDirectory test = await TestDirectory.OpenAsync(RealDevices.IoUring(), TestDirectory.Clock(), options, _folder.Path);
        for (int i = 0; i < 40; i++) test.Append(TestBatch.Of(10, valueBytes: 10_000));

        for (int i = 0; i < 20 * ZerosAhead.SmallFlushesMin; i++)
        {
            test.Append(TestBatch.Of(1, valueBytes: 1_000));
            test.Log.Flush();
        }

        Assert.True(Assert.IsType<DirectFile>(test.Log.State.Active.File).IsWrittenDirectly);
        Assert.Equal(0, test.Log.State.Active.LaidOutBytes);
        byte[] all = test.ReadAll();
        await test.RestartAsync();
        Assert.Equal(all, test.ReadAll());
    }

    [Fact]
    public async Task Sealed_segments_hold_no_memory_and_end_with_their_batches()
    {
        LogOptions options = new() { SegmentBytes = 3_000_000, WritePath = WritePath.Direct };
        await using TestDirectory test = await TestDirectory.OpenAsync(RealDevices.IoUring(), TestDirectory.Clock(), options, _folder.Path);

        for (int i = 0; i < 100; i++) test.Append(TestBatch.Of(10, valueBytes: 10_000));

        Assert.True(test.Log.SegmentCount > 2);
        foreach (Segment segment in test.Log.State.Segments.Items.SkipLast(1))
        {
            Assert.Equal(segment.SizeBytes, new FileInfo(segment.Files.Log).Length);
            Assert.False(Assert.IsType<DirectFile>(segment.File).IsWrittenDirectly);
        }
    }

    [Fact]
    public async Task What_was_not_flushed_is_cut_where_its_bytes_end_though_space_was_reserved_behind()
    {
        LogOptions options = new() { WritePath = WritePath.Direct };
        await using TestDirectory test = await TestDirectory.OpenAsync(RealDevices.IoUring(), TestDirectory.Clock(), options, _folder.Path);
        for (int i = 0; i < 40; i++) test.Append(TestBatch.Of(10, valueBytes: 10_000));
        test.Log.State.Active.File.Settle();
        byte[] all = test.ReadAll();
        string copy = Path.Combine(_folder.Path, "copy");
        Copy(test.Folder, Path.Combine(copy, TestDirectory.Partition.ToString()));

        await using TestDirectory reopened = await TestDirectory.OpenAsync(RealDevices.IoUring(), TestDirectory.Clock(), options, copy);

        Assert.Equal(all, reopened.ReadAll());
        Assert.Equal(all.Length, new FileInfo(reopened.Log.State.Active.Files.Log).Length);
    }

    [Fact]
    public async Task A_segment_laid_out_beforehand_is_as_long_as_it_may_get_and_is_cut_to_its_batches_at_the_next_opening()
    {
        LogOptions options = new() { SegmentBytes = 1_000_000, Preallocate = true };
        await using TestDirectory test = await TestDirectory.OpenAsync(new VectoredDevice(), TestDirectory.Clock(), options, _folder.Path);
        for (int i = 0; i < 5; i++) test.Append(TestBatch.Of(10, valueBytes: 1_000));
        byte[] all = test.ReadAll();
        string copy = Path.Combine(_folder.Path, "copy");
        Copy(test.Folder, Path.Combine(copy, TestDirectory.Partition.ToString()));
        Assert.Equal(options.SegmentBytes, new FileInfo(test.Log.State.Active.Files.Log).Length);

        await using TestDirectory crashed = await TestDirectory.OpenAsync(new VectoredDevice(), TestDirectory.Clock(), options, copy);
        await test.RestartAsync();

        Assert.Equal(all, crashed.ReadAll());
        Assert.Equal(all.Length, new FileInfo(crashed.Log.State.Active.Files.Log).Length);
        Assert.Equal(all, test.ReadAll());
        Assert.Equal(all.Length, new FileInfo(test.Log.State.Active.Files.Log).Length);
    }

    [Fact]
    public void The_choice_is_measured_and_said()
    {
        Lines lines = new();

        WritePath chosen = WritePathChoice.For(WritePath.Auto, RealDevices.IoUring(), _folder.Path, lines);
        WritePath inMemory = WritePathChoice.For(WritePath.Auto, MemoryOf(_folder.Path), _folder.Path, lines);

        Assert.NotEqual(WritePath.Auto, chosen);
        Assert.Contains($"write path {chosen}".ToLowerInvariant(), lines.All[0], StringComparison.Ordinal);
        Assert.Contains("32 MiB took", lines.All[0], StringComparison.Ordinal);
        Assert.Equal(WritePath.Cached, inMemory);
        Assert.Contains("cannot write directly", lines.All[1], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private static MemoryDevice MemoryOf(string path)
    {
        MemoryDevice device = new(TestDirectory.Clock());
        device.CreateDirectory(path);
        return device;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private TestDirectory Open(IStorageDevice device, WritePath? ofLog, WritePath ofDirectory) =>
        new(device, TestDirectory.Clock(), new LogOptions { WritePath = ofLog }, _folder.Path)
        {
            Settings = TestDirectory.SettingsFor(_folder.Path) with { WritePath = ofDirectory },
        };

    private sealed class Lines : ILogger
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add(formatter(state, exception));
    }
}
