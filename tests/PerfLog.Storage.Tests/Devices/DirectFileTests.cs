using PerfLog.Testing;
using PerfLog.Testing.Storage;
using Xunit.Abstractions;

namespace PerfLog.Storage.Tests.Devices;

/// <summary>Goal: a file written past the page cache reads at any moment as a list of its bytes would.</summary>
public sealed class DirectFileTests(ITestOutputHelper output) : IDisposable
{
    private const int FirstSeed = 500;
    private const int PageBytes = 4096;

    // One window for two files, so that what one has in memory soon belongs to the other.
    private static readonly DirectLayout Layout = new(2 * PageBytes, 3, PageBytes, StartBytes: 0);

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<bool> ByRing => [true, false];

    [Theory]
    [MemberData(nameof(ByRing))]
    public void It_agrees_with_a_list(bool byRing)
    {
        for (int seed = FirstSeed; seed < FirstSeed + 12; seed++)
        {
            output.WriteLine($"seed {seed}");
            Random random = new(seed);
            DirectWindows windows = new(Layout, windowsMax: 1, usesRings: byRing);
            using FileAndModel first = new(Open($"{seed}-a.log", windows), random), second = new(Open($"{seed}-b.log", windows), random);
            for (int step = 0; step < 150; step++) (random.Next(3) == 0 ? first : second).Step();
            first.Finish();
            second.Finish();
        }
    }

    [Theory]
    [MemberData(nameof(ByRing))]
    public async Task Readers_see_only_what_was_written(bool byRing)
    {
        const int total = 6_000_000;
        DirectWindows windows = new(Layout, windowsMax: 1, usesRings: byRing);
        using DirectFile file = Open("shared.log", windows);
        long published = 0;
        Task[] readers = [.. Enumerable.Range(0, 3).Select(seed => Task.Factory.StartNew(() => ReadUntilWhole(seed), TaskCreationOptions.LongRunning))];

        Random random = new(1);
        file.TryWriteDirectly(0);
        for (long end = 0; end < total;)
        {
            byte[] bytes = Pattern(end, Math.Min(random.Next(1, 9_000), (int)(total - end)));
            file.Write(end, bytes);
            end += bytes.Length;
            Volatile.Write(ref published, end);
            if (random.Next(50) == 0) file.EndDirectWriting();
            if (random.Next(20) == 0) file.TryWriteDirectly(end);
        }

        await Task.WhenAll(readers);

        void ReadUntilWhole(int seed)
        {
            Random random = new(seed);
            for (long end = 0; end < total;)
            {
                end = Volatile.Read(ref published);
                if (end == 0) continue;
                int length = random.Next(1, 6_000);
                long position = Math.Max(0, end - random.NextInt64(1, 60_000));
                byte[] read = new byte[Math.Min(length, (int)(end - position))];
                Assert.Equal(read.Length, file.Read(position, read));
                Assert.True(read.AsSpan().SequenceEqual(Pattern(position, read.Length)), $"wrong bytes at {position} of {end}");
            }
        }
    }

    [Fact]
    public void What_is_in_memory_is_not_sent_from_the_file()
    {
        using DirectFile file = Open("sent.log", new DirectWindows(Layout, 1, usesRings: true));
        Assert.True(file.TryWriteDirectly(0));

        for (int i = 0; i < 40; i++) file.Write(i * PageBytes, Pattern(i * PageBytes, PageBytes));

        Assert.Null(file.HandleFor(39 * PageBytes, PageBytes));
        Assert.NotNull(file.HandleFor(0, PageBytes));
        file.EndDirectWriting();
        Assert.NotNull(file.HandleFor(39 * PageBytes, PageBytes));
    }

    [Fact]
    public void With_no_window_left_a_file_is_written_through_the_page_cache()
    {
        DirectWindows windows = new(Layout, windowsMax: 1, usesRings: true);
        using DirectFile first = Open("1.log", windows), second = Open("2.log", windows);

        Assert.True(first.TryWriteDirectly(0));
        Assert.False(second.TryWriteDirectly(0));
        second.Write(0, "bytes"u8);
        first.Dispose();

        Assert.True(second.TryWriteDirectly(5));
        Assert.Equal("bytes"u8.ToArray(), ReadAll(second));
    }

    [Fact]
    public void After_a_failed_write_nothing_is_written_any_more()
    {
        FaultyDevice device = new(1, TestDirectory.Clock()) { WritesDirectly = true };
        device.CreateDirectory("/data");
        using IStorageFile file = device.OpenFile("/data/failing.log", FileOpening.OrCreate);
        file.TryWriteDirectly(0);
        file.Write(0, "good"u8);
        device.FailsWrite = static _ => true;
        Assert.Throws<IOException>(() => file.Write(4, new byte[5_000]));
        device.FailsWrite = static _ => false;

        Assert.Throws<IOException>(() => file.Write(5_004, "more"u8));
        Assert.Throws<IOException>(file.Flush);
    }

    [Fact]
    public void An_append_past_the_page_cache_allocates_nothing()
    {
        using DirectFile file = Open("allocations.log", new DirectWindows(Layout, 1, usesRings: true));
        file.TryWriteDirectly(0);
        byte[] bytes = Pattern(0, 3_000);
        byte[] read = new byte[1_000];
        for (int i = 0; i < 200; i++) file.Write(i * 3_000, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 200; i < 400; i++)
        {
            file.Write(i * 3_000, bytes);
            file.Read(i * 3_000, read);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose() => _folder.Dispose();

    internal static byte[] Pattern(long position, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte)((position + i) * 2_654_435_761L >> 13);
        return bytes;
    }

    private static byte[] ReadAll(IStorageFile file)
    {
        byte[] bytes = new byte[100];
        return bytes[..file.Read(0, bytes)];
    }

    private DirectFile Open(string name, DirectWindows windows) => new(
        new VectoredFile(Path.Combine(_folder.Path, name), FileOpening.OrCreate), windows, VectoredDevice.OpenWriter);

    /// <summary>A file, the list that says what is in it, and random things done to both.</summary>
    private sealed class FileAndModel(DirectFile file, Random random) : IDisposable
    {
        private readonly List<byte> _model = [];

        public void Step()
        {
            switch (random.Next(12))
            {
                case < 4: Append(random.Next(1, 300)); break;
                case 4: Append(random.Next(1, 30_000)); break;
                case 5: AppendGathered(); break;
                case 6: file.TryWriteDirectly(_model.Count); break;
                case 7: file.EndDirectWriting(); break;
                case 8: file.Flush(); break;
                case 9: file.Advance(); break;
                case 10 when file.IsWrittenDirectly: file.Preallocate(_model.Count + 50_000); break;
                default: Truncate(); break;
            }

            Check();
        }

        public void Finish()
        {
            file.SetLength(_model.Count);
            file.Dispose();
            Assert.Equal(_model, File.ReadAllBytes(file.Path));
        }

        public void Dispose() => file.Dispose();

        private void Append(int length)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            file.Write(_model.Count, bytes);
            _model.AddRange(bytes);
        }

        private void AppendGathered()
        {
            byte[] bytes = new byte[9_000];
            random.NextBytes(bytes);
            file.WriteGathered(_model.Count, [bytes.AsMemory(0, 1), bytes.AsMemory(1, 6_000), bytes.AsMemory(6_001)]);
            _model.AddRange(bytes);
        }

        private void Truncate()
        {
            int length = _model.Count - random.Next(Math.Min(_model.Count, 500) + 1);
            file.SetLength(length);
            _model.RemoveRange(length, _model.Count - length);
        }

        private void Check()
        {
            if (_model.Count == 0) return;
            int from = random.Next(2) == 0 ? random.Next(_model.Count) : Math.Max(0, _model.Count - random.Next(1, 3_000));
            int length = Math.Min(random.Next(1, 40_000), _model.Count - from);
            byte[] read = new byte[length];
            Assert.Equal(length, file.Read(from, read));
            Assert.True(read.AsSpan().SequenceEqual(_model[from..(from + length)].ToArray()), $"wrong bytes at {from} of {_model.Count}");
        }
    }
}
