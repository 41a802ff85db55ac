using FsCheck.Xunit;
using PerfLog.Broker.Groups;
using Xunit.Sdk;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>
/// Goal: whatever members, clock, disk and coordinators do, in any order, no two members of a generation get the same
/// partition, and once all is quiet everybody has its share.
/// </summary>
public sealed class ClassicGroupProperties
{
    [Property(MaxTest = 300, EndSize = 400)]
    public void A_group_comes_to_rest_with_every_partition_shared_out_once((byte What, byte Who)[] events)
    {
        var simulation = new GroupSimulation();
        foreach ((byte what, byte who) in events) Happen(simulation, what, who);

        simulation.RunQuietly();

        Assert.Equal(ClassicState.Stable, simulation.Group.State);
        Assert.Equal(simulation.Clients.Length, simulation.Group.Members.Count);
        Assert.All(simulation.Clients, client => Assert.Equal(simulation.Group.Generation, client.Generation));
        Assert.Equal(
            Enumerable.Range(0, GroupSimulation.Partitions).Select(static partition => (byte)partition),
            simulation.Clients.SelectMany(static client => client.Assigned!).Order());
    }

    [Property(MaxTest = 100, EndSize = 300)]
    public void A_group_whose_members_are_all_gone_is_empty_in_the_end((byte What, byte Who)[] events)
    {
        var simulation = new GroupSimulation();
        foreach ((byte what, byte who) in events) Happen(simulation, what, who);

        simulation.RunWithoutClients();

        Assert.Equal(ClassicState.Empty, simulation.Group.State);
        Assert.Equal(0, simulation.Group.Members.Count + simulation.Group.Members.PendingCount);
        Assert.Equal(Moment.Never, simulation.Group.NextDeadlineTick);
    }

    /// <summary>The ledger must be able to fail: two of one generation with one partition are no group.</summary>
    [Fact]
    public void Two_members_with_one_partition_are_noticed()
    {
        var ledger = new AssignmentLedger();
        ledger.Note(0, 1, "a", [1, 2]);
        ledger.Note(0, 1, "a", [2]);
        ledger.Note(0, 2, "b", [2]);

        Assert.ThrowsAny<XunitException>(() => ledger.Note(0, 1, "b", [2]));
    }

    /// <summary>A disk that loses what it said it had written makes a moved group give partitions anew in an old generation.</summary>
    [Fact]
    public void A_disk_that_loses_writes_is_noticed()
    {
        var simulation = new GroupSimulation(losesWrites: true);
        simulation.RunQuietly();
        int before = simulation.Group.Generation;

        simulation.Move();

        Assert.True(simulation.Group.Generation < before, "The loss did not show.");
    }

    private static void Happen(GroupSimulation simulation, byte what, byte who)
    {
        SimulatedClient client = simulation.Clients[who % simulation.Clients.Length];
        switch (what % 16)
        {
            case < 7:
                client.Step(simulation);
                break;
            case 7:
                client.IsPaused = !client.IsPaused;
                break;
            case 8:
                client.Leave(simulation);
                break;
            case 9:
                client.Restart();
                break;
            case 10:
                simulation.Advance(who);
                break;
            case 11:
                simulation.Advance(who * 100L);
                break;
            case 12:
                simulation.WriteOne(ErrorCode.CoordinatorNotAvailable);
                break;
            case 13 when who % 4 == 0:
                simulation.Move();
                break;
            default:
                simulation.WriteOne(ErrorCode.None);
                break;
        }
    }
}
