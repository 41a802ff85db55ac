using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace PerfLog.Metadata.Tests.Local;

public sealed class JournalFileTests : IDisposable
{
    private static readonly FakeTimeProvider Time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    private readonly string _directory = Directory.CreateTempSubdirectory("perflog-metadata-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_was_committed_is_there_after_opening_again_but_ephemerals_are_not()
    {
        await using (LocalMetadataStore store = LocalMetadataStore.Open(_directory, Time))
        {
            IMetadataSession session = await store.OpenSessionAsync();
            await session.CreateAsync("/a", Bytes("one"));
            await session.SetAsync("/a", Bytes("two"), ZnodeVersion.Any);
            await session.CreateAsync("/e", default, ZnodeMode.Ephemeral);
        }

        await using LocalMetadataStore opened = LocalMetadataStore.Open(_directory, Time);
        IMetadataSession reader = await opened.OpenSessionAsync();
        Znode node = (await reader.GetAsync("/a")).Value!;

        Assert.Equal("two", Encoding.UTF8.GetString(node.Data.Span));
        Assert.Equal(new ZnodeVersion(1), node.Stat.Version);
        Assert.Equal(["a"], (await reader.ChildrenAsync("/")).Value!);
    }

    [Fact]
    public async Task A_rewritten_journal_is_shorter_and_leads_to_the_same_tree()
    {
        byte[] data = new byte[ZnodeLimits.DataBytesMax];
        ZnodeTree before;
        await using (LocalMetadataStore store = LocalMetadataStore.Open(_directory, Time))
        {
            IMetadataSession session = await store.OpenSessionAsync();
            await session.CreateAsync("/a", default);
            await session.CreateAsync("/a/s-", Bytes("x"), ZnodeMode.Sequential);
            for (int write = 0; write < 7; write++) await session.SetAsync("/a", data, ZnodeVersion.Any);
            await session.SetAsync("/a", Bytes("last"), ZnodeVersion.Any);
            before = store.Tree;
        }

        Assert.InRange(new FileInfo(Path.Combine(_directory, JournalFile.FileName)).Length, 1, 5 * ZnodeLimits.DataBytesMax);
        await using LocalMetadataStore opened = LocalMetadataStore.Open(_directory, Time);
        Assert.Equal(before.LastZxid, opened.Tree.LastZxid);
        Assert.Equal(before.Nodes.Keys.Order(), opened.Tree.Nodes.Keys.Order());
        foreach ((string path, TreeNode node) in before.Nodes)
        {
            TreeNode other = opened.Tree.Find(path)!;
            Assert.Equal(node.Stat, other.Stat);
            Assert.Equal(node.ChildrenCreated, other.ChildrenCreated);
            Assert.Equal(node.Children, other.Children);
            Assert.True(node.Data.Span.SequenceEqual(other.Data.Span));
        }
    }

    [Fact]
    public async Task A_second_opening_is_refused_as_long_as_the_first_lives()
    {
        LocalMetadataStore first = LocalMetadataStore.Open(_directory, Time);

        var exception = Assert.Throws<MetadataUnavailableException>(() => LocalMetadataStore.Open(_directory, Time));
        await first.DisposeAsync();
        await using LocalMetadataStore second = LocalMetadataStore.Open(_directory, Time);

        Assert.Contains(_directory, exception.Message);
    }

    [Fact]
    public async Task A_torn_end_is_cut_from_the_file()
    {
        await using (LocalMetadataStore store = LocalMetadataStore.Open(_directory, Time))
        {
            IMetadataSession session = await store.OpenSessionAsync();
            await session.CreateAsync("/a", default);
        }

        string path = Path.Combine(_directory, JournalFile.FileName);
        long whole = new FileInfo(path).Length;
        await File.AppendAllTextAsync(path, "PLZ1 torn");
        await (LocalMetadataStore.Open(_directory, Time)).DisposeAsync();

        Assert.Equal(whole, new FileInfo(path).Length);
    }

    [Fact]
    public async Task A_file_that_is_no_journal_is_refused_and_left_as_it_is()
    {
        string path = Path.Combine(_directory, JournalFile.FileName);
        await File.WriteAllTextAsync(path, "hello");

        var exception = Assert.Throws<CorruptMetadataException>(() => LocalMetadataStore.Open(_directory, Time));

        Assert.Contains(path, exception.Message);
        Assert.Equal("hello", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task After_a_failed_write_nothing_is_committed_any_more_and_reads_go_on()
    {
        var storage = new FailingStorage();
        await using LocalMetadataStore store = LocalMetadataStore.Open(storage, Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        await session.CreateAsync("/a", default);

        storage.Fails = true;
        var exception = await Assert.ThrowsAsync<MetadataUnavailableException>(async () => await session.CreateAsync("/b", default));
        storage.Fails = false;

        await Assert.ThrowsAsync<MetadataUnavailableException>(async () => await session.CreateAsync("/c", default));
        Assert.Contains("No space left", exception.Message);
        Assert.True(await session.ExistsAsync("/a"));
        Assert.False(await session.ExistsAsync("/b"));
    }

    [Fact]
    public async Task Nothing_is_shown_before_it_is_durable()
    {
        var storage = new FailingStorage();
        await using LocalMetadataStore store = LocalMetadataStore.Open(storage, Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        bool wasShown = true;
        storage.OnAppend = () => wasShown = store.Tree.Find("/a") is not null;

        await session.CreateAsync("/a", default);

        Assert.False(wasShown);
        Assert.True(await session.ExistsAsync("/a"));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class FailingStorage : IJournalStorage
    {
        private readonly MemoryJournalStorage _memory = new();

        public bool Fails { get; set; }

        public Action OnAppend { get; set; } = static () => { };

        public string Name => _memory.Name;

        public byte[]? Read() => _memory.Read();

        public void Append(ReadOnlySpan<byte> bytes)
        {
            OnAppend();
            if (Fails) throw new IOException("No space left on device");
            _memory.Append(bytes);
        }

        public void Cut(long lengthBytes) => _memory.Cut(lengthBytes);

        public void Replace(ReadOnlySpan<byte> bytes) => _memory.Replace(bytes);

        public void Dispose()
        {
        }
    }
}
