using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace PerfLog.Metadata.Tests.Local;

public sealed class LocalMetadataStoreTests
{
    private static readonly FakeTimeProvider Time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    [Fact]
    public async Task A_created_node_is_read_back_with_its_stat()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();

        CommitResult created = await session.CreateAsync("/a", Bytes("one"));
        ZnodeResult<Znode> read = await session.GetAsync("/a");

        Assert.Equal("one", Text(read.Value!));
        Assert.Equal(new ZnodeVersion(0), read.Value!.Stat.Version);
        Assert.Equal(created.Zxid, read.Value.Stat.Created);
        Assert.Equal(new TimestampMs(1_700_000_000_000), read.Value.Stat.CreatedAt);
        Assert.False(read.Value.Stat.IsEphemeral);
    }

    [Fact]
    public async Task The_store_keeps_its_own_copy_of_the_data()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        byte[] data = Bytes("one");

        await session.CreateAsync("/a", data);
        data[0] = (byte)'X';

        Assert.Equal("one", Text((await session.GetAsync("/a")).Value!));
    }

    [Fact]
    public async Task Expected_refusals_are_values()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        await session.CreateAsync("/a", default);
        await session.CreateAsync("/a/b", default);
        await session.CreateAsync("/e", default, ZnodeMode.Ephemeral);

        Assert.Equal(ZnodeError.NodeExists, (await session.CreateAsync("/a", default)).Error);
        Assert.Equal(ZnodeError.NodeExists, (await session.CreateAsync("/", default)).Error);
        Assert.Equal(ZnodeError.NoNode, (await session.CreateAsync("/x/y", default)).Error);
        Assert.Equal(ZnodeError.NoNode, (await session.SetAsync("/x", default, ZnodeVersion.Any)).Error);
        Assert.Equal(ZnodeError.NoNode, (await session.DeleteAsync("/x", ZnodeVersion.Any)).Error);
        Assert.Equal(ZnodeError.NoNode, (await session.GetAsync("/x")).Error);
        Assert.Equal(ZnodeError.NoNode, (await session.ChildrenAsync("/x")).Error);
        Assert.Equal(ZnodeError.BadVersion, (await session.SetAsync("/a", default, new ZnodeVersion(3))).Error);
        Assert.Equal(ZnodeError.BadVersion, (await session.DeleteAsync("/a/b", new ZnodeVersion(1))).Error);
        Assert.Equal(ZnodeError.NotEmpty, (await session.DeleteAsync("/a", ZnodeVersion.Any)).Error);
        Assert.Equal(ZnodeError.NoChildrenForEphemerals, (await session.CreateAsync("/e/f", default)).Error);
        Assert.Equal(
            ZnodeError.TooLarge, (await session.CreateAsync("/big", new byte[ZnodeLimits.DataBytesMax + 1])).Error);
    }

    [Fact]
    public async Task A_set_with_the_expected_version_raises_the_version()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        await session.CreateAsync("/a", Bytes("one"));

        CommitResult set = await session.SetAsync("/a", Bytes("two"), new ZnodeVersion(0));

        Assert.Equal(new ZnodeVersion(1), set.Outcomes[0].Version);
        Assert.Equal("two", Text((await session.GetAsync("/a")).Value!));
    }

    [Fact]
    public async Task A_refused_transaction_leaves_nothing_behind_and_names_the_change()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        await session.CreateAsync("/a", Bytes("one"));

        CommitResult result = await session.CommitAsync(
        [
            new ZnodeChange.Create("/b", default),
            new ZnodeChange.SetData("/a", Bytes("two"), ZnodeVersion.Any),
            new ZnodeChange.Check("/a", new ZnodeVersion(0)),
        ]);

        Assert.Equal(ZnodeError.BadVersion, result.Error);
        Assert.Equal(2, result.FailedChange);
        Assert.False(await session.ExistsAsync("/b"));
        Assert.Equal("one", Text((await session.GetAsync("/a")).Value!));
    }

    [Fact]
    public async Task A_transaction_of_checks_alone_uses_up_no_zxid()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        CommitResult first = await session.CreateAsync("/a", default);

        Assert.True((await session.CommitAsync([new ZnodeChange.Check("/a", new ZnodeVersion(0))])).Succeeded);
        CommitResult second = await session.CreateAsync("/b", default);

        Assert.Equal(first.Zxid + 1, second.Zxid);
    }

    [Fact]
    public async Task Transactions_over_the_limit_are_refused()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        var data = new byte[ZnodeLimits.DataBytesMax];
        int count = (ZnodeLimits.TransactionBytesMax / data.Length) + 1;

        CommitResult result = await session.CommitAsync(
            [.. Enumerable.Range(0, count).Select(number => new ZnodeChange.Create($"/{number}", data))]);

        Assert.Equal(ZnodeError.TooLarge, result.Error);
        Assert.Empty((await session.ChildrenAsync("/")).Value!);
    }

    [Fact]
    public async Task Sequential_nodes_never_share_a_number_even_after_deletion()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        await session.CreateAsync("/q", default);

        CommitResult first = await session.CreateAsync("/q/n-", default, ZnodeMode.Sequential);
        await session.DeleteAsync(first.Outcomes[0].Path, ZnodeVersion.Any);
        CommitResult second = await session.CreateAsync("/q/n-", default, ZnodeMode.Sequential);

        Assert.Equal("/q/n-0000000000", first.Outcomes[0].Path);
        Assert.Equal("/q/n-0000000001", second.Outcomes[0].Path);
        Assert.Equal(["n-0000000001"], (await session.ChildrenAsync("/q")).Value!);
    }

    [Fact]
    public async Task Ephemeral_nodes_go_with_their_session_and_only_with_it()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession staying = await store.OpenSessionAsync();
        IMetadataSession leaving = await store.OpenSessionAsync();
        await leaving.CreateAsync("/gone", default, ZnodeMode.Ephemeral);
        await leaving.CreateAsync("/kept", default);
        await staying.CreateAsync("/mine", default, ZnodeMode.Ephemeral);

        await leaving.DisposeAsync();

        Assert.Equal(["kept", "mine"], (await staying.ChildrenAsync("/")).Value!);
        Assert.True(leaving.Ended.IsCancellationRequested);
        Assert.Equal(ZnodeError.SessionEnded, (await leaving.CreateAsync("/late", default)).Error);
        Assert.Equal(ZnodeError.SessionEnded, (await leaving.GetAsync("/kept")).Error);
    }

    [Fact]
    public async Task A_watch_tells_each_change_of_its_subtree_in_order()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        using ZnodeWatch watch = await session.WatchAsync("/a", WatchScope.Subtree);

        await session.CommitAsync(
        [
            new ZnodeChange.Create("/a", default),
            new ZnodeChange.Create("/a/b", default),
            new ZnodeChange.Create("/other", default),
            new ZnodeChange.SetData("/a/b", default, ZnodeVersion.Any),
        ]);
        await session.DeleteAsync("/a/b", ZnodeVersion.Any);

        Assert.Equal(
            [
                new ZnodeEvent(ZnodeEventKind.Created, "/a"),
                new ZnodeEvent(ZnodeEventKind.Created, "/a/b"),
                new ZnodeEvent(ZnodeEventKind.DataChanged, "/a/b"),
                new ZnodeEvent(ZnodeEventKind.Deleted, "/a/b"),
            ],
            await watch.NextAsync());
    }

    [Fact]
    public async Task A_watch_of_a_node_tells_nothing_of_its_children_and_stays_after_an_event()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        using ZnodeWatch watch = await session.WatchAsync("/a", WatchScope.Node);

        await session.CreateAsync("/a", default);
        Assert.Equal([new ZnodeEvent(ZnodeEventKind.Created, "/a")], await watch.NextAsync());
        await session.CreateAsync("/a/b", default);
        await session.SetAsync("/a", Bytes("x"), ZnodeVersion.Any);
        Assert.Equal([new ZnodeEvent(ZnodeEventKind.DataChanged, "/a")], await watch.NextAsync());
    }

    [Fact]
    public async Task A_reader_that_falls_behind_is_told_to_read_everything_again()
    {
        var watch = new ZnodeWatch("/a", WatchScope.Subtree, static _ => { });
        var change = new ZnodeEvent(ZnodeEventKind.DataChanged, "/a/b");

        watch.Post(Enumerable.Repeat(change, ZnodeLimits.WatchEventsMax + 5));

        Assert.Equal([new ZnodeEvent(ZnodeEventKind.Lost, "/a")], await watch.NextAsync());
        watch.Post([change]);
        Assert.Equal([change], await watch.NextAsync());
    }

    [Fact]
    public async Task A_waiting_reader_learns_that_the_session_has_ended()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        IMetadataSession session = await store.OpenSessionAsync();
        ZnodeWatch watch = await session.WatchAsync("/", WatchScope.Subtree);
        ValueTask<IReadOnlyList<ZnodeEvent>> next = watch.NextAsync();

        await session.DisposeAsync();

        Assert.Empty(await next);
    }

    [Fact]
    public async Task Counting_up_by_compare_and_set_from_many_tasks_loses_no_step()
    {
        const int tasks = 8, steps = 50;
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        await using IMetadataSession session = await store.OpenSessionAsync();
        await session.CreateAsync("/n", Bytes("0"));

        await Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => Task.Run(CountUpAsync)));

        Assert.Equal($"{tasks * steps}", Text((await session.GetAsync("/n")).Value!));

        async Task CountUpAsync()
        {
            for (int step = 0; step < steps;)
            {
                Znode node = (await session.GetAsync("/n")).Value!;
                byte[] next = Bytes($"{int.Parse(Text(node)) + 1}");
                if ((await session.SetAsync("/n", next, node.Stat.Version)).Succeeded) step++;
            }
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(Znode node) => Encoding.UTF8.GetString(node.Data.Span);
}
