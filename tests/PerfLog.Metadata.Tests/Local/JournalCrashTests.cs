using System.Text;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace PerfLog.Metadata.Tests.Local;

/// <summary>Goal: whatever a crash leaves of the journal opens to the state after some prefix of the transactions, and
/// never to fewer than were acknowledged.</summary>
public sealed class JournalCrashTests
{
    private static readonly FakeTimeProvider Time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    [Property(MaxTest = 30)]
    public void Every_prefix_of_the_journal_opens_to_a_prefix_of_the_transactions(int seed)
    {
        var storage = new RecordingStorage();
        List<string> states = [""];
        List<long> lengths = [];
        Run(storage, new Random(seed), states, lengths).GetAwaiter().GetResult();

        byte[] journal = storage.Read()!;
        for (int cut = storage.SnapshotBytes; cut <= journal.Length; cut++)
        {
            int acknowledged = lengths.Count(length => length <= cut);
            string state = Reopen(journal[..cut]);
            Assert.True(state == states[acknowledged], $"seed {seed}, cut at {cut}: {state}");
        }
    }

    [Property(MaxTest = 100)]
    public void A_torn_last_frame_is_cut_whatever_its_bytes_became(int seed)
    {
        var random = new Random(seed);
        var storage = new RecordingStorage();
        List<string> states = [""];
        List<long> lengths = [];
        Run(storage, random, states, lengths).GetAwaiter().GetResult();
        if (lengths.Count == 0) return;

        // The last write tears: of its sectors any part reached the disk, the rest reads as zeros.
        byte[] journal = storage.Read()!;
        int start = (int)(lengths.Count > 1 ? lengths[^2] : storage.SnapshotBytes);
        int from = random.Next(start, journal.Length);
        journal.AsSpan(from, random.Next(1, journal.Length - from + 1)).Clear();

        // Zeros may fall on bytes that were zero: then nothing was torn.
        string state = Reopen(journal);
        Assert.True(state == states[^1] || state == states[^2], $"seed {seed}: {state}");
    }

    [Fact]
    public async Task Damage_before_the_last_frame_is_an_error_that_names_the_place()
    {
        var storage = new RecordingStorage();
        await using (LocalMetadataStore store = LocalMetadataStore.Open(storage, Time))
        {
            await using IMetadataSession session = await store.OpenSessionAsync();
            await session.CreateAsync("/a", new byte[100]);
            await session.CreateAsync("/b", new byte[100]);
        }

        byte[] journal = storage.Read()!;
        journal[storage.SnapshotBytes + 60] ^= 1;

        var exception = Assert.Throws<CorruptMetadataException>(() => Reopen(journal));
        Assert.Contains($"at byte {storage.SnapshotBytes}", exception.Message);
    }

    [Fact]
    public void A_damaged_snapshot_is_an_error_not_an_empty_tree()
    {
        var storage = new RecordingStorage();
        LocalMetadataStore.Open(storage, Time);
        byte[] journal = storage.Read()!;

        for (int cut = 0; cut < journal.Length; cut++) Assert.Throws<CorruptMetadataException>(() => Reopen(journal[..cut]));
    }

    [Fact]
    public async Task Transactions_after_a_cut_are_found_again()
    {
        var storage = new RecordingStorage();
        await using (LocalMetadataStore store = LocalMetadataStore.Open(storage, Time))
        {
            IMetadataSession session = await store.OpenSessionAsync();
            await session.CreateAsync("/a", default);
            await session.CreateAsync("/b", default);
        }

        byte[] journal = storage.Read()!;
        var torn = new MemoryJournalStorage(journal[..^3]);
        await using (LocalMetadataStore store = LocalMetadataStore.Open(torn, Time))
        {
            IMetadataSession session = await store.OpenSessionAsync();
            await session.CreateAsync("/c", default);
        }

        Assert.Equal("/a= /c= ", Reopen(torn.Read()!));
    }

    private static async Task Run(RecordingStorage storage, Random random, List<string> states, List<long> lengths)
    {
        LocalMetadataStore store = LocalMetadataStore.Open(storage, Time);
        IMetadataSession session = await store.OpenSessionAsync();
        int transactions = random.Next(1, 8);
        for (int transaction = 0; transaction < transactions; transaction++)
        {
            int changes = random.Next(1, 4);
            CommitResult result = await session.CommitAsync(
                [.. Enumerable.Range(0, changes).Select(_ => RandomChange(random))]);
            long length = storage.Read()!.Length;
            if (!result.Succeeded || length == (lengths.Count > 0 ? lengths[^1] : storage.SnapshotBytes)) continue;
            lengths.Add(length);
            states.Add(Describe(store.Tree, withEphemerals: false));
        }
    }

    private static ZnodeChange RandomChange(Random random)
    {
        string path = random.Next(3) == 0 ? $"/{random.Next(3)}/{random.Next(3)}" : $"/{random.Next(3)}";
        byte[] data = Encoding.ASCII.GetBytes(new string((char)('a' + random.Next(26)), random.Next(20)));
        return random.Next(6) switch
        {
            0 => new ZnodeChange.SetData(path, data, ZnodeVersion.Any),
            1 => new ZnodeChange.Delete(path, ZnodeVersion.Any),
            2 => new ZnodeChange.Create(path + "e", data, ZnodeMode.Ephemeral),
            3 => new ZnodeChange.Create(path + "s", data, ZnodeMode.Sequential),
            _ => new ZnodeChange.Create(path, data),
        };
    }

    private static string Reopen(byte[] journal)
    {
        LocalMetadataStore store = LocalMetadataStore.Open(new MemoryJournalStorage(journal), Time);
        return Describe(store.Tree, withEphemerals: true);
    }

    private static string Describe(ZnodeTree tree, bool withEphemerals)
    {
        var text = new StringBuilder();
        foreach ((string path, TreeNode node) in tree.Nodes.OrderBy(static node => node.Key, StringComparer.Ordinal))
        {
            if (path == "/" || (node.Stat.IsEphemeral && !withEphemerals)) continue;
            text.Append($"{path}={Encoding.ASCII.GetString(node.Data.Span)} ");
        }

        return text.ToString();
    }

    /// <summary>Memory that remembers how long the snapshot at the start is.</summary>
    private sealed class RecordingStorage : IJournalStorage
    {
        private readonly MemoryJournalStorage _memory = new();

        public int SnapshotBytes { get; private set; }

        public string Name => _memory.Name;

        public byte[]? Read() => _memory.Read();

        public void Append(ReadOnlySpan<byte> bytes) => _memory.Append(bytes);

        public void Cut(long lengthBytes) => _memory.Cut(lengthBytes);

        public void Replace(ReadOnlySpan<byte> bytes)
        {
            SnapshotBytes = bytes.Length;
            _memory.Replace(bytes);
        }

        public void Dispose()
        {
        }
    }
}
