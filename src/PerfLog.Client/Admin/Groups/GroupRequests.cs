using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Admin;

/// <summary>The requests about groups and their members.</summary>
internal sealed class GroupRequests(ItemCalls calls)
{
    private const short FirstWithStates = 4;
    private const short FirstWithTypes = 5;

    private readonly CoordinatorRouting<string> _coordinators = new(calls.Cluster, static group => group);

    /// <summary>Asks each broker of the cluster for those that it coordinates.</summary>
    /// <param name="brokers">All brokers.</param>
    /// <param name="options">Which groups.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public async Task<IReadOnlyList<GroupListing>> ListAsync(
        IEnumerable<BrokerId> brokers, ListGroupsOptions options, CancellationToken cancellation)
    {
        ItemCall<BrokerId, IReadOnlyList<GroupListing>> call = new(
            new OwnBroker<BrokerId>(calls.Cluster, static broker => broker), static broker => $"broker {broker}", async (broker, _, token) =>
            {
                ListGroupsResponse response = await broker.SendAsync<ListGroupsRequest, ListGroupsResponse>(
                    version => Question(options, version), token).ConfigureAwait(false);
                return [new(broker.Id, [.. response.Groups.Select(Listing)], response.ErrorCode)];
            });
        AdminResults<BrokerId, IReadOnlyList<GroupListing>> told = await calls.AskAsync(call, brokers, options, cancellation).ConfigureAwait(false);

        // A group that moves at this moment may be told by both of its coordinators. Older brokers tell more than they are asked for.
        return [.. told.All().SelectMany(static groups => groups).DistinctBy(static group => group.GroupId)
            .Where(group => Fits(options.States, group.State) && Fits(options.Types, group.Type))
            .OrderBy(static group => group.GroupId, StringComparer.Ordinal)];
    }

    public Task<AdminResults<string, GroupDescription>> DescribeAsync(
        IEnumerable<string> groups, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<string, GroupDescription>(_coordinators, GroupErrors.Subject, DescribeAsync) { Meaning = GroupErrors.Meaning },
            groups, options, cancellation);

    public Task<AdminResults<string, None>> DeleteAsync(IEnumerable<string> groups, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<string, None>(_coordinators, GroupErrors.Subject, static async (coordinator, groups, token) =>
            {
                DeleteGroupsResponse response = await coordinator.SendAsync<DeleteGroupsRequest, DeleteGroupsResponse>(
                    _ => new DeleteGroupsRequest { GroupsNames = [.. groups] }, token).ConfigureAwait(false);
                return response.Results.Select(static group => new ItemAnswer<string, None>(group.GroupId, default, group.ErrorCode));
            })
            {
                Meaning = GroupErrors.Meaning,
            },
            groups, options, cancellation);

    // What is no group of the newer protocol, or unknown to it, is asked for as one of the classic.
    private static async Task<IEnumerable<ItemAnswer<string, GroupDescription>>> DescribeAsync(
        AskedBroker coordinator, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        ItemAnswer<string, GroupDescription>[] answers =
            [.. (await DescribeConsumerGroupsAsync(coordinator, groups, cancellation).ConfigureAwait(false)).Where(static answer => answer.Error != ErrorCode.GroupIdNotFound)];
        string[] others = [.. groups.Except(answers.Select(static answer => answer.Item))];
        return others.Length == 0
            ? answers
            : answers.Concat(await DescribeClassicGroupsAsync(coordinator, others, cancellation).ConfigureAwait(false));
    }

    private static async Task<IEnumerable<ItemAnswer<string, GroupDescription>>> DescribeConsumerGroupsAsync(
        AskedBroker coordinator, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        try
        {
            ConsumerGroupDescribeResponse response = await coordinator.SendAsync<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(
                _ => new ConsumerGroupDescribeRequest { GroupIds = [.. groups] }, cancellation).ConfigureAwait(false);
            return response.Groups.Select(group => new ItemAnswer<string, GroupDescription>(
                group.GroupId, DescribedGroups.From(group, coordinator.Id), group.ErrorCode, group.ErrorMessage));
        }
        catch (UnsupportedApiException)
        {
            return [];
        }
    }

    private static async Task<IEnumerable<ItemAnswer<string, GroupDescription>>> DescribeClassicGroupsAsync(
        AskedBroker coordinator, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        DescribeGroupsResponse response = await coordinator.SendAsync<DescribeGroupsRequest, DescribeGroupsResponse>(
            _ => new DescribeGroupsRequest { Groups = [.. groups] }, cancellation).ConfigureAwait(false);
        return response.Groups.Select(group =>
        {
            // Such a group was asked for by both protocols: the broker's words are about the last of them alone.
            ErrorCode error = DescribedGroups.ErrorOf(group);
            string? message = error == ErrorCode.GroupIdNotFound ? null : group.ErrorMessage;
            return new ItemAnswer<string, GroupDescription>(group.GroupId, DescribedGroups.From(group, coordinator.Id), error, message);
        });
    }

    private static ListGroupsRequest Question(ListGroupsOptions options, short version) => new()
    {
        StatesFilter = version >= FirstWithStates ? [.. options.States] : [], TypesFilter = version >= FirstWithTypes ? [.. options.Types] : [],
    };

    private static GroupListing Listing(ListGroupsResponse.ListedGroup group) => new(group.GroupId, group.GroupType, group.GroupState, group.ProtocolType);

    private static bool Fits(IReadOnlyCollection<string> wanted, string told) =>
        wanted.Count == 0 || wanted.Contains(told, StringComparer.OrdinalIgnoreCase);
}
