using FsCheck.Xunit;
using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups.Consumer;

/// <summary>Members that do anything in any order, and what holds all the same.</summary>
public sealed class ConsumerGroupModelTests
{
    private const int Members = 6;
    private static readonly string[] Names = ["a", "ab", "b", "c"];

    /// <summary>Goal: no partition has two members at any moment, and the log always tells the whole state.</summary>
    [Property(MaxTest = 300, EndSize = 900)]
    public void No_partition_ever_has_two_members(byte[] script)
    {
        var run = new Run(script);
        while (run.Step()) run.AssertHolds();
    }

    /// <summary>Goal: whatever has happened, everybody ends with the target, and all partitions have somebody.</summary>
    [Property(MaxTest = 300, EndSize = 900)]
    public void Everything_converges_once_all_beat(byte[] script)
    {
        var run = new Run(script);
        while (run.Step())
        {
        }

        run.AssertConverges();
    }

    /// <summary>Goal: the check above does see it when a partition is in two hands.</summary>
    [Fact]
    public void A_member_that_lies_about_what_it_gave_up_is_noticed()
    {
        var group = new ScriptedGroup(new ScriptedTopics().With("a", 4));
        ScriptedMember liar = group.Join("1", "a");
        (liar.IsLiar, liar.IsSlow) = (true, true);
        ScriptedMember other = group.Join("2", "a");
        group.Beat(liar);
        group.Beat(liar);
        group.Beat(other);

        Assert.NotNull(GroupInvariants.Violation(group.Group, [liar, other]));
    }

    private sealed class Run(byte[] script)
    {
        private readonly ScriptedTopics _topics = new ScriptedTopics().With("a", 3).With("b", 5);
        private readonly ScriptedMember[] _members = [.. Enumerable.Range(0, Members).Select(NewMember)];
        private ScriptedGroup? _group;
        private int _at;
        private int _started = Members;

        private ScriptedGroup Group => _group ??= new ScriptedGroup(_topics, new ConsumerGroupSettings { MembersMax = Members, RegexIntervalMs = 0 });

        public bool Step()
        {
            if (_at >= script.Length) return false;
            int action = Next(), who = Next() % Members, argument = Next();
            ScriptedMember member = _members[who];
            switch (action % 16)
            {
                case 0 or 1 or 2 or 3: Group.Beat(member); break;
                case 4: Group.Send(member.NextCall()); member.Miss(); break;
                case 5: if (member.Epoch > 0) member.Take(Group.Send(member.IdleCall())); break;
                case 6: member.IsSlow = !member.IsSlow; break;
                case 7: if (member.Epoch > 0) Group.Leave(member); break;
                case 8: if (member.Epoch > 0 && member.InstanceId is not null) Group.Leave(member, ConsumerMember.AwayEpoch); break;
                case 9: Subscribe(member, argument); break;
                case 10: _topics.Set(Names[argument % Names.Length], (_topics.TryFind(Names[argument % Names.Length], out TopicShape topic) ? topic.Partitions : 0) + 1); break;
                case 11: _topics.Delete(Names[argument % Names.Length]); break;
                case 12: Group.Pass(argument * 300); break;
                case 13: Group.WritesFail = !Group.WritesFail; break;
                case 14: if (Group.LogIsComplete) Group.Reload(); break;
                case 15: _members[who] = Restarted(member, argument); break;
            }

            return true;
        }

        public void AssertHolds()
        {
            Assert.Null(GroupInvariants.Violation(Group.Group, _members));
            if (Group.LogIsComplete) GroupInvariants.AssertSame(Group.Group, Group.Loaded());
        }

        public void AssertConverges()
        {
            Group.WritesFail = false;
            foreach (ScriptedMember member in _members) (member.IsSlow, member.TopicNames) = (false, member.TopicNames ?? []);

            // Members that crashed for good are gone after a session; the others come back.
            foreach (int _ in Enumerable.Range(0, 2))
            {
                Group.Pass(Group.Settings.SessionTimeoutMs / 2 + 1);
                foreach (ScriptedMember member in _members) Group.Beat(member);
            }

            Group.Converge(_members);
            AssertHolds();
            foreach (ScriptedMember member in _members)
            {
                Assert.Equal(ErrorCode.None, member.Last.Error);
                Assert.Equal(Group.Group.Members.Find(member.Id)!.Target, member.Owned);
            }

            PartitionSet wanted = PartitionSet.Of(Wanted());
            Assert.Equal(wanted, _members.Aggregate(PartitionSet.Empty, static (all, member) => all.Union(member.Owned)));
            Assert.Equal(wanted.Count, _members.Sum(static member => member.Owned.Count));
        }

        private IEnumerable<TopicIdPartition> Wanted() =>
            from name in Names
            where _members.Any(member => member.TopicNames!.Contains(name) || (member.TopicRegex == "a.*" && name[0] == 'a'))
            where _topics.TryFind(name, out _)
            from number in Enumerable.Range(0, _topics[name].Partitions)
            select new TopicIdPartition(_topics[name].Id, number);

        private static ScriptedMember NewMember(int place) =>
            new($"member{place}", place % 3 == 0 ? $"instance{place}" : null) { TopicNames = ["a", "b"] };

        /// <summary>The process ends without a word and comes up again under a new id.</summary>
        private ScriptedMember Restarted(ScriptedMember member, int argument)
        {
            // Another process with the instance id is refused until the former one has left or was given up.
            return new ScriptedMember($"member{_started++}", member.InstanceId)
            {
                TopicNames = member.TopicNames,
                TopicRegex = member.TopicRegex,
                IsSlow = argument % 2 == 0,
            };
        }

        private static void Subscribe(ScriptedMember member, int argument)
        {
            member.TopicNames = [.. Names.Where((_, place) => (argument >> place & 1) != 0)];
            member.TopicRegex = (argument & 16) != 0 ? "a.*" : "";
            member.Assignor = (argument & 32) != 0 ? "range" : "uniform";
        }

        private int Next() => _at < script.Length ? script[_at++] : 0;
    }
}
