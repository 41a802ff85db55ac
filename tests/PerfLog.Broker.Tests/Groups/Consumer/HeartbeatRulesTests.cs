using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups.Consumer;

public sealed class HeartbeatRulesTests
{
    private static readonly string Overlong = new('x', short.MaxValue + 1);

    private static readonly HeartbeatCall Join = new()
    {
        MemberId = "m", Epoch = 0, RebalanceTimeoutMs = 1000, TopicNames = ["t"], Owned = PartitionSet.Empty,
    };

    public static TheoryData<string> Texts => [.. Calls.Keys];

    private static Dictionary<string, HeartbeatCall> Calls => new()
    {
        ["member id"] = Join with { MemberId = Overlong },
        ["instance id"] = Join with { InstanceId = Overlong },
        ["rack id"] = Join with { RackId = Overlong },
        ["topic name"] = Join with { TopicNames = [Overlong] },
        ["expression"] = Join with { TopicRegex = Overlong },
        ["assignor"] = Join with { ServerAssignor = Overlong },
        ["client id"] = Join with { ClientId = Overlong },
    };

    [Fact]
    public void A_plain_join_is_fine() => Assert.Null(HeartbeatRules.Violation("g", Join));

    [Fact]
    public void A_group_id_that_no_record_holds_is_refused() => Assert.NotNull(HeartbeatRules.Violation(Overlong, Join));

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_that_no_record_holds_is_refused(string what) => Assert.NotNull(HeartbeatRules.Violation("g", Calls[what]));
}
