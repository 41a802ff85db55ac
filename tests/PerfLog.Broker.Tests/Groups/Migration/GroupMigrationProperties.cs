using FsCheck.Xunit;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Tests.Groups.Consumer;

namespace PerfLog.Broker.Tests.Groups.Migration;

/// <summary>Members of both protocols that come, go, crash and change their minds in any order in one group.</summary>
public sealed class GroupMigrationProperties
{
    private static readonly string[] Names = ["a", "b", "c"];

    /// <summary>Goal: whatever the group is at the moment, no partition is in two hands, and the log tells the whole state.</summary>
    [Property(MaxTest = 100, EndSize = 600)]
    public void No_partition_ever_has_two_members_of_whatever_protocol(byte[] script)
    {
        var run = new Run(script);
        while (run.Step()) run.AssertHolds();
    }

    /// <summary>Goal: in the end all partitions are read by exactly one of those who stayed.</summary>
    [Property(MaxTest = 100, EndSize = 600)]
    public void Everything_converges_once_all_go_on(byte[] script)
    {
        var run = new Run(script);
        while (run.Step())
        {
        }

        run.AssertConverges();
    }

    private sealed class Run
    {
        private readonly byte[] _script;
        private readonly MixedGroup _group;
        private readonly ScriptedClassicMember[] _classic;
        private readonly ScriptedMember[] _consumer;
        private int _at;
        private int _started;

        public Run(byte[] script)
        {
            _script = script;
            int kind = Next();
            var policy = (MigrationPolicy)(kind % 8 < 4 ? (int)MigrationPolicy.Bidirectional : kind % 4);
            _group = new MixedGroup(new ScriptedTopics().With("a", 3).With("b", 4), policy);
            _classic = [.. Enumerable.Range(0, 3).Select(place =>
                new ScriptedClassicMember(_group, $"classic{place}", isCooperative: (kind & 64) != 0, place == 0 ? "static" : null))];
            _consumer = [.. Enumerable.Range(0, 3).Select(place => new ScriptedMember($"consumer{place}", place == 0 ? "other" : null) { TopicNames = ["a", "b"] })];
        }

        public bool Step()
        {
            if (_at >= _script.Length) return false;
            int action = Next(), argument = Next();
            ScriptedClassicMember classic = _classic[argument % 3];
            ScriptedMember consumer = _consumer[argument % 3];
            switch (action % 16)
            {
                case 0 or 1 or 2 or 3 or 4: classic.Step(); break;
                case 5 or 6 or 7: _group.Beat(consumer); break;
                case 8: consumer.IsSlow = !consumer.IsSlow; break;
                case 9: if (consumer.Epoch > 0) _group.Leave(consumer); break;
                case 10: classic.Leave(); break;
                case 11: classic.Restart(); break;
                case 12: classic.Subscribe([.. Names.Where((_, place) => (argument >> place & 4) == 0)]); break;
                case 13: _group.Topics.Set(Names[argument % 3], (_group.Topics.TryFind(Names[argument % 3], out TopicShape topic) ? topic.Partitions : 0) + 1); break;
                case 14: if (argument < 64) _group.Reload(); else _group.Pass(argument * 20); break;
                case 15: _consumer[argument % 3] = new ScriptedMember($"again{_started++}", consumer.InstanceId) { TopicNames = consumer.TopicNames }; break;
            }

            return true;
        }

        public void AssertHolds()
        {
            var owners = new Dictionary<TopicIdPartition, string>();
            foreach (ScriptedClassicMember member in _classic.Where(IsKnown)) Claim(owners, member.Id, member.Owned);
            foreach (ScriptedMember member in _consumer.Where(IsKnown)) Claim(owners, member.Id, member.Owned);
            if (_group.Membership is ConsumerGroup group) GroupInvariants.AssertSame(group, Assert.IsType<ConsumerGroup>(_group.Loaded()));
            else Assert.True(_group.Loaded() is ClassicGroup or { IsEmpty: true }, "A classic group with members is written down as what it is.");
        }

        public void AssertConverges()
        {
            foreach (ScriptedMember member in _consumer) member.IsSlow = false;
            for (int round = 0; round < 60; round++)
            {
                _group.Pass(2_000);

                // Leaders look for new topics themselves.
                if (round % 20 == 0) foreach (ScriptedClassicMember member in _classic) member.Subscribe(member.Topics);
                foreach (ScriptedClassicMember member in _classic) member.Step();
                foreach (ScriptedMember member in _consumer.Where(_ => IsOpenToConsumers)) _group.Beat(member);
            }

            AssertHolds();
            Assert.All(_classic, static member => Assert.True(member.IsSettled, $"{member.Id} is told {member.LastError}"));
            IEnumerable<PartitionSet> shares = _classic.Select(static member => member.Owned).Concat(_consumer.Select(static member => member.Owned));
            TopicIdPartition[] all = [.. shares.SelectMany(static share => share.Sorted.ToArray())];
            Assert.Equal(all.Distinct().Count(), all.Length);
            Assert.Equal(PartitionSet.Of(Wanted()), PartitionSet.Of(all));
        }

        /// <summary>Without upgrades members of the newer protocol are refused as long as the others are there.</summary>
        private bool IsOpenToConsumers => _group.Settings.Migration.HasFlag(MigrationPolicy.Upgrade) || _group.Membership is ConsumerGroup;

        private IEnumerable<TopicIdPartition> Wanted()
        {
            IEnumerable<string> names = _classic.SelectMany(static member => member.Topics);
            if (IsOpenToConsumers) names = names.Concat(_consumer.SelectMany(static member => member.TopicNames!));
            return from name in names.Distinct()
                   where _group.Topics.TryFind(name, out _)
                   from number in Enumerable.Range(0, _group.Topics[name].Partitions)
                   select new TopicIdPartition(_group.Topics[name].Id, number);
        }

        /// <summary>Who was given up learns it with its next request; the broker cannot know what it still has.</summary>
        private bool IsKnown(ScriptedClassicMember member) => _group.Membership is ConsumerGroup group
            ? group.Members.Find(member.Id) is { Classic: not null } known && known.Epoch == member.Generation
            : ((ClassicGroup)_group.Membership).Members.Find(member.Id) is not null && member.Generation == ((ClassicGroup)_group.Membership).Generation;

        private bool IsKnown(ScriptedMember member) =>
            member.Epoch > 0 && _group.Membership is ConsumerGroup group && group.Members.Find(member.Id) is { IsAway: false };

        private static void Claim(Dictionary<TopicIdPartition, string> owners, string id, PartitionSet owned)
        {
            foreach (TopicIdPartition partition in owned.Sorted)
                if (!owners.TryAdd(partition, id)) Assert.Fail($"{id} has {partition}, and so has {owners[partition]}");
        }

        private int Next() => _at < _script.Length ? _script[_at++] : 0;
    }
}
