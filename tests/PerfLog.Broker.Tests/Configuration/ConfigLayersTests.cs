using PerfLog.Broker.Configuration;

namespace PerfLog.Broker.Tests.Configuration;

public sealed class ConfigLayersTests
{
    [Fact]
    public void Flags_win_over_the_environment_and_that_over_the_file_and_that_over_defaults()
    {
        BrokerConfig config = new ConfigLayers()
            .AddProperties("num.partitions=2\nlog.retention.hours=3\nlog.segment.bytes=100\nbroker.id=7", "server.properties")
            .AddEnvironment(Pairs(("PERFLOG_NUM_PARTITIONS", "4"), ("KAFKA_LOG_SEGMENT_BYTES", "200"), ("HOME", "/root")))
            .AddValues(Pairs(("num.partitions", "5")), "--set")
            .Build();

        Assert.Equal("5", config.Get("num.partitions"));
        Assert.Equal("200", config.Get("log.segment.bytes"));
        Assert.Equal("3", config.Get("log.retention.hours"));
        Assert.Equal("7", config.Get("broker.id"));
        Assert.Equal("1", config.Get("default.replication.factor"));
        Assert.Equal("--set", config.OriginOf("num.partitions"));
        Assert.Equal("KAFKA_LOG_SEGMENT_BYTES", config.OriginOf("log.segment.bytes"));
        Assert.Equal("server.properties line 4", config.OriginOf("broker.id"));
        Assert.Equal("the default", config.OriginOf("default.replication.factor"));
    }

    [Theory]
    [InlineData("PERFLOG_LOG_RETENTION_MS", "log.retention.ms")]
    [InlineData("KAFKA_BROKER_ID", "broker.id")]
    [InlineData("PERFLOG_A__B___C", "a-b_c")]
    [InlineData("PERFLOG_", null)]
    [InlineData("PATH", null)]
    public void A_variables_name_stands_for_a_key(string variable, string? key) =>
        Assert.Equal(key, EnvironmentKeys.KeyOf(variable));

    [Fact]
    public void Our_own_prefix_wins_over_kafkas() =>
        Assert.Equal(
            "2",
            new ConfigLayers()
                .AddEnvironment(Pairs(("PERFLOG_NUM_PARTITIONS", "2"), ("KAFKA_NUM_PARTITIONS", "3")))
                .Build()
                .Get("num.partitions"));

    [Fact]
    public void An_unknown_key_in_a_file_or_variable_is_a_warning_and_by_hand_an_error()
    {
        ConfigLayers layers = new ConfigLayers()
            .AddProperties("num.partition=2", "server.properties")
            .AddEnvironment(Pairs(("PERFLOG_NUM_PARTITIONZ", "1"), ("KAFKA_HEAP_OPTS", "-Xmx1g")));

        Assert.Empty(layers.Problems);
        Assert.Equal(2, layers.Warnings.Count);
        Assert.Contains("server.properties line 1", layers.Warnings[0]);
        Assert.Contains("did you mean num.partitions", layers.Warnings[0]);

        layers.AddValues(Pairs(("num.partition", "2")), "--set");
        var exception = Assert.Throws<ConfigurationException>(() => layers.Build());
        Assert.Contains("--set: Unknown broker configuration num.partition; did you mean num.partitions", exception.Message);
    }

    [Fact]
    public void All_bad_values_are_told_at_once_with_their_place()
    {
        ConfigLayers layers = new ConfigLayers()
            .AddProperties("num.partitions=0\nlog.dirs=\nlog.retention.hours=0", "server.properties")
            .AddEnvironment(Pairs(("PERFLOG_BROKER_ID", "one")));

        var exception = Assert.Throws<ConfigurationException>(() => layers.Build());

        Assert.Equal(4, exception.Problems.Count);
        Assert.Equal(
            "server.properties line 1: Invalid value \"0\" for num.partitions: allowed is a whole number of at least 1.",
            exception.Problems[0]);
        Assert.Contains("log.dirs", exception.Problems[1]);
        Assert.Contains("of at least 1, or -1", exception.Problems[2]);
        Assert.Contains("PERFLOG_BROKER_ID", exception.Problems[3]);
    }

    [Fact]
    public void A_broken_file_is_a_problem_not_a_crash() =>
        Assert.Contains("f: Line 1", new ConfigLayers().AddProperties("a=\\uzzzz", "f").Problems[0]);

    [Fact]
    public void Kafkas_stock_file_is_taken_without_an_error()
    {
        const string stock = """
            broker.id=0
            num.network.threads=3
            num.io.threads=8
            socket.send.buffer.bytes=102400
            socket.receive.buffer.bytes=102400
            socket.request.max.bytes=104857600
            log.dirs=/tmp/kafka-logs
            num.partitions=1
            num.recovery.threads.per.data.dir=1
            offsets.topic.replication.factor=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            #log.flush.interval.messages=10000
            log.retention.hours=168
            #log.segment.bytes=1073741824
            log.retention.check.interval.ms=300000
            zookeeper.connect=localhost:2181
            zookeeper.connection.timeout.ms=18000
            group.initial.rebalance.delay.ms=0
            """;

        BrokerOptions options = BrokerOptions.Read(new ConfigLayers().AddProperties(stock, "server.properties"));

        Assert.Equal(["/tmp/kafka-logs"], options.LogDirectories.AsEnumerable());
        Assert.Contains("zookeeper.connect", Assert.Single(options.Warnings));
    }

    internal static KeyValuePair<string, string>[] Pairs(params (string Key, string Value)[] pairs) =>
        [.. pairs.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value))];
}
