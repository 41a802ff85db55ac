namespace PerfLog.Broker.Groups;

/// <summary>
/// Divides partitions among members that subscribe to different topics: each partition stays with its member unless one that
/// may have it too has at least two fewer. Pure.
/// </summary>
internal sealed class BalancedLoads
{
    private const int Nobody = -1;

    private readonly TopicIdPartition[] _partitions;
    private readonly Dictionary<Uuid, List<int>> _subscribers = [];
    private readonly int[] _owners;
    private readonly int[] _loads;

    private BalancedLoads(AssignmentInput input)
    {
        for (int member = 0; member < input.Members.Count; member++)
        {
            foreach (Uuid topic in input.Members[member].Topics)
            {
                if (!_subscribers.TryGetValue(topic, out List<int>? subscribers)) _subscribers.Add(topic, subscribers = []);
                subscribers.Add(member);
            }
        }

        // Topics with the least choice come first, so that those with more can even it out.
        _partitions = input.PartitionsOf(_subscribers.OrderBy(static topic => topic.Value.Count)
            .ThenBy(static topic => topic.Key, Comparer<Uuid>.Create(TopicIdPartition.Compare)).Select(static topic => topic.Key));
        _owners = new int[_partitions.Length];
        _loads = new int[input.Members.Count];
    }

    /// <returns>The partitions, and for each the place of its member.</returns>
    public static (TopicIdPartition[] Partitions, int[] Owners) Divide(AssignmentInput input)
    {
        var loads = new BalancedLoads(input);
        loads.Keep(input.Members);
        loads.HandOut();
        while (loads.Even())
        {
            // Each move makes the squares of the loads add up to less, so that this comes to an end.
        }

        return (loads._partitions, loads._owners);
    }

    private void Keep(IReadOnlyList<AssignorMember> members)
    {
        Array.Fill(_owners, Nobody);
        var places = new Dictionary<TopicIdPartition, int>(_partitions.Length);
        for (int place = 0; place < _partitions.Length; place++) places.Add(_partitions[place], place);
        for (int member = 0; member < members.Count; member++)
        {
            foreach (TopicIdPartition partition in members[member].Current.Sorted)
            {
                if (!places.TryGetValue(partition, out int place) || _owners[place] != Nobody) continue;
                if (!_subscribers[partition.TopicId].Contains(member)) continue;
                Give(place, member);
            }
        }
    }

    private void HandOut()
    {
        for (int place = 0; place < _owners.Length; place++)
        {
            if (_owners[place] == Nobody) Give(place, LeastLoaded(place));
        }
    }

    private bool Even()
    {
        bool hasMoved = false;
        for (int place = 0; place < _owners.Length; place++)
        {
            int least = LeastLoaded(place);
            if (_loads[_owners[place]] <= _loads[least] + 1) continue;
            _loads[_owners[place]]--;
            Give(place, least);
            hasMoved = true;
        }

        return hasMoved;
    }

    private int LeastLoaded(int place) => _subscribers[_partitions[place].TopicId].MinBy(member => _loads[member]);

    private void Give(int place, int member)
    {
        _owners[place] = member;
        _loads[member]++;
    }
}
