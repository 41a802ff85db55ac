using PerfLog.Broker.Configuration;

namespace PerfLog.Broker.Tests.Configuration;

public sealed class BrokerOptionsTests
{
    [Fact]
    public void The_defaults_are_kafkas_on_loopback()
    {
        BrokerOptions options = BrokerOptions.Default;

        Assert.Equal(new BrokerId(0), options.BrokerId);
        Assert.Equal(new ListenerEndpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 9092), Assert.Single(options.Listeners));
        Assert.Equal(options.Listeners.AsEnumerable(), options.AdvertisedListeners.AsEnumerable());
        Assert.Equal("PLAINTEXT", options.InterBrokerListener);
        Assert.Equal(["perflog-data"], options.LogDirectories.AsEnumerable());
        Assert.Null(options.MetadataDirectory);
        Assert.Equal(1, options.NumPartitions);
        Assert.True(options.AutoCreateTopics);
        Assert.True(options.DeleteTopicEnabled);
        Assert.Equal(104_857_600, options.RequestBytesMax);
        Assert.Equal(600_000, options.ConnectionIdleMsMax);
        Assert.Equal(1000, options.FetchSessionsMax);
        Assert.Equal(57_671_680, options.FetchBytesMax);
        Assert.Equal(86_400_000, options.ProducerIdExpirationMs);
        Assert.Equal(300_000, options.RetentionCheckIntervalMs);
        Assert.Empty(options.Warnings);
    }

    [Fact]
    public void Listeners_are_read_with_their_names_and_protocols()
    {
        BrokerOptions options = Read(
            ("listeners", "internal://:9092, external://[::1]:0"),
            ("advertised.listeners", "INTERNAL://kafka:9092,EXTERNAL://example.org:19092"),
            ("listener.security.protocol.map", "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT"),
            ("inter.broker.listener.name", "INTERNAL"));

        Assert.Equal(
            [new("INTERNAL", "PLAINTEXT", "", 9092), new("EXTERNAL", "PLAINTEXT", "::1", 0)],
            options.Listeners.AsEnumerable());
        Assert.Equal("example.org", options.AdvertisedListeners[1].Host);
        Assert.Equal("EXTERNAL://[::1]:0", options.Listeners[1].ToString());
    }

    [Theory]
    [InlineData("listeners", "127.0.0.1:9092", "is not name://host:port")]
    [InlineData("listeners", "PLAINTEXT://127.0.0.1", "is not name://host:port")]
    [InlineData("listeners", "PLAINTEXT://127.0.0.1:70000", "a port that is not 0 to 65535")]
    [InlineData("listeners", "PLAINTEXT://127.0.0.1:x", "a port that is not 0 to 65535")]
    [InlineData("listeners", "SSL://127.0.0.1:9093", "security protocol SSL; allowed is PLAINTEXT")]
    [InlineData("listeners", "MINE://127.0.0.1:9093", "listener.security.protocol.map")]
    [InlineData("listeners", "PLAINTEXT://:1,PLAINTEXT://:2", "has a name that another one has")]
    [InlineData("advertised.listeners", "OTHER://h:1", "OTHER")]
    [InlineData("inter.broker.listener.name", "OTHER", "inter.broker.listener.name is OTHER")]
    public void Listeners_that_cannot_be_are_told(string key, string value, string problem)
    {
        var exception = Assert.Throws<ConfigurationException>(() => Read((key, value)));

        Assert.Contains(problem, exception.Message);
    }

    [Fact]
    public void Directories_and_the_node_id_come_from_the_newer_key_when_both_are_set()
    {
        BrokerOptions options = Read(("log.dir", "a"), ("log.dirs", "b, c"), ("broker.id", "1"), ("node.id", "2"));

        Assert.Equal(["b", "c"], options.LogDirectories.AsEnumerable());
        Assert.Equal(new BrokerId(2), options.BrokerId);
        Assert.Equal(["a"], Read(("log.dir", "a")).LogDirectories.AsEnumerable());
    }

    [Fact]
    public void Values_set_while_running_win_over_the_file_and_a_brokers_own_over_all_brokers()
    {
        BrokerOptions options = Read(("max.connections", "10"), ("num.partitions", "3")).WithDynamic(
            ConfigLayersTests.Pairs(("max.connections", "20"), ("max.connections.per.ip", "5")),
            ConfigLayersTests.Pairs(("max.connections", "30")));

        Assert.Equal(30, options.ConnectionsMax);
        Assert.Equal(5, options.ConnectionsPerIpMax);
        Assert.Equal(3, options.NumPartitions);
        ConfigRow row = options.Config.Describe().Single(static row => row.Name == "max.connections");
        Assert.Equal(("30", ConfigSource.DynamicBroker), (row.Value, row.Source));
        Assert.Equal(
            [
                new("max.connections", "30", ConfigSource.DynamicBroker),
                new("max.connections", "20", ConfigSource.DynamicDefaultBroker),
                new("max.connections", "10", ConfigSource.StaticBroker),
                new("max.connections", "2147483647", ConfigSource.Default),
            ],
            row.Synonyms);
    }

    [Fact]
    public void Stored_values_that_are_unknown_bad_or_read_only_are_left_out()
    {
        BrokerOptions options = BrokerOptions.Default.WithDynamic(
            ConfigLayersTests.Pairs(("nope", "1"), ("max.connections", "many"), ("num.partitions", "9")), []);

        Assert.Equal(int.MaxValue, options.ConnectionsMax);
        Assert.Equal(1, options.NumPartitions);
    }

    [Fact]
    public void A_row_tells_type_and_whether_a_restart_is_needed()
    {
        Dictionary<string, ConfigRow> rows = BrokerOptions.Default.Config.Describe().ToDictionary(static row => row.Name);

        Assert.Equal((true, ConfigType.Int), (rows["num.partitions"].IsReadOnly, rows["num.partitions"].Type));
        Assert.Equal((false, ConfigType.Long), (rows["log.retention.ms"].IsReadOnly, rows["log.retention.ms"].Type));
        Assert.Null(rows["log.retention.ms"].Value);
        Assert.Equal("168", rows["log.retention.hours"].Value);
        Assert.Equal(ConfigSource.Default, rows["log.retention.ms"].Source);
    }

    private static BrokerOptions Read(params (string Key, string Value)[] values) =>
        BrokerOptions.Read(new ConfigLayers().AddValues(ConfigLayersTests.Pairs(values), "--set"));
}
