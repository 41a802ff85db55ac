using System.Collections.Immutable;
using PerfLog.Broker.Configuration;
using PerfLog.Metadata;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Broker.Tests.Configuration;

public sealed class TopicConfigsTests
{
    private static readonly ImmutableDictionary<string, string> Nothing = ImmutableDictionary<string, string>.Empty;

    [Fact]
    public void Without_any_value_set_the_settings_are_kafkas_defaults()
    {
        TopicSettings settings = new TopicConfigs(BrokerOptions.Default).SettingsOf(Nothing);

        Assert.Equal(LogOptions.Default, settings.Log);
        Assert.Null(settings.TargetCodec);
        Assert.Equal(1, settings.MinInsyncReplicas);
        Assert.Equal(new ProduceRules { Now = new TimestampMs(5) }, settings.ProduceRules(new TimestampMs(5), allowsZstd: true));
    }

    [Fact]
    public void What_the_topic_sets_wins_over_what_the_broker_sets()
    {
        TopicConfigs configs = Configs(("log.retention.ms", "1000"), ("log.segment.bytes", "2000"));

        TopicSettings settings = configs.SettingsOf(Config(("retention.ms", "5")));

        Assert.Equal(5, settings.Log.RetentionMs);
        Assert.Equal(2000, settings.Log.SegmentBytes);
    }

    [Fact]
    public void Every_value_arrives_where_it_belongs()
    {
        TopicSettings settings = new TopicConfigs(BrokerOptions.Default).SettingsOf(Config(
            ("cleanup.policy", "compact, delete"),
            ("compression.type", "zstd"),
            ("delete.retention.ms", "1"),
            ("file.delete.delay.ms", "2"),
            ("flush.messages", "3"),
            ("flush.ms", "4"),
            ("index.interval.bytes", "5"),
            ("max.compaction.lag.ms", "60"),
            ("max.message.bytes", "7"),
            ("message.timestamp.after.max.ms", "8"),
            ("message.timestamp.before.max.ms", "9"),
            ("message.timestamp.type", "LogAppendTime"),
            ("min.cleanable.dirty.ratio", "0.25"),
            ("min.compaction.lag.ms", "10"),
            ("min.insync.replicas", "11"),
            ("preallocate", "true"),
            ("retention.bytes", "12"),
            ("retention.ms", "13"),
            ("segment.bytes", "14"),
            ("segment.index.bytes", "15"),
            ("segment.jitter.ms", "16"),
            ("segment.ms", "17"),
            ("unclean.leader.election.enable", "true")));

        var log = new LogOptions
        {
            CleanupPolicy = CleanupPolicies.Delete | CleanupPolicies.Compact,
            FileDeleteDelayMs = 2,
            FlushMessages = 3,
            FlushMs = 4,
            IndexIntervalBytes = 5,
            MinCleanableDirtyRatio = 0.25,
            MinCompactionLagMs = 10,
            MaxCompactionLagMs = 60,
            DeleteRetentionMs = 1,
            MaxMessageBytes = 7,
            Preallocate = true,
            RetentionBytes = 12,
            RetentionMs = 13,
            SegmentBytes = 14,
            SegmentIndexBytes = 15,
            SegmentJitterMs = 16,
            SegmentMs = 17,
        };
        Assert.Equal(
            new TopicSettings
            {
                Log = log,
                TargetCodec = CompressionCodec.Zstd,
                UsesLogAppendTime = true,
                TimestampAfterMaxMs = 8,
                TimestampBeforeMaxMs = 9,
                MinInsyncReplicas = 11,
                UncleanLeaderElection = true,
            },
            settings);
        ProduceRules rules = settings.ProduceRules(new TimestampMs(1), allowsZstd: false);
        Assert.Equal(
            (7, 14, true, false, true, 9L, 8L),
            (rules.BatchBytesMax, rules.SegmentBytes, rules.IsCompacted, rules.AllowsZstd, rules.UsesLogAppendTime,
                rules.TimestampBeforeMaxMs, rules.TimestampAfterMaxMs));
    }

    [Theory]
    [InlineData("", 604_800_000)]
    [InlineData("log.retention.hours=2", 7_200_000)]
    [InlineData("log.retention.hours=2 log.retention.minutes=3", 180_000)]
    [InlineData("log.retention.minutes=3 log.retention.ms=4", 4)]
    [InlineData("log.retention.hours=-1", -1)]
    [InlineData("log.retention.ms=-1 log.retention.hours=2", -1)]
    public void Milliseconds_win_over_minutes_and_those_over_hours(string broker, long retentionMs)
    {
        (string, string)[] values = [.. broker
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static entry => entry.Split('='))
            .Select(static entry => (entry[0], entry[1]))];

        Assert.Equal(retentionMs, Configs(values).SettingsOf(Nothing).Log.RetentionMs);
    }

    [Fact]
    public void The_older_timestamp_key_counts_where_the_newer_ones_are_not_set()
    {
        var configs = new TopicConfigs(BrokerOptions.Default);

        TopicSettings settings = configs.SettingsOf(
            Config(("message.timestamp.difference.max.ms", "5"), ("message.timestamp.after.max.ms", "7")));

        Assert.Equal((5L, 7L), (settings.TimestampBeforeMaxMs, settings.TimestampAfterMaxMs));
    }

    [Fact]
    public void Stored_values_that_are_not_valid_count_as_not_set()
    {
        TopicSettings settings = new TopicConfigs(BrokerOptions.Default).SettingsOf(
            Config(("retention.ms", "soon"), ("remote.storage.enable", "true")));

        Assert.Equal(604_800_000, settings.Log.RetentionMs);
    }

    [Fact]
    public void A_brokers_value_set_while_running_changes_its_topics()
    {
        var configs = new TopicConfigs(BrokerOptions.Default);

        configs.Options = configs.Options.WithDynamic(ConfigLayersTests.Pairs(("log.retention.ms", "9")), []);

        Assert.Equal(9, configs.SettingsOf(Nothing).Log.RetentionMs);
    }

    [Theory]
    [InlineData("retention.mss", "5", "did you mean retention.ms")]
    [InlineData("retention.ms", "x", "Invalid value \"x\" for retention.ms")]
    [InlineData("log.retention.ms", "5", "Unknown topic configuration log.retention.ms")]
    [InlineData("max.compaction.lag.ms", "5", "min.compaction.lag.ms is 6, which is over max.compaction.lag.ms, which is 5")]
    public void A_topics_values_are_validated(string key, string value, string problem)
    {
        TopicConfigs configs = Configs(("log.cleaner.min.compaction.lag.ms", "6"));

        Assert.Contains(problem, configs.Validate(Config((key, value))));
        Assert.Null(configs.Validate(Config(("retention.ms", "5"))));
    }

    [Fact]
    public void A_row_shows_the_effective_value_and_all_that_stand_behind_it()
    {
        TopicConfigs configs = Configs(("log.retention.hours", "2"));
        configs.Options = configs.Options.WithDynamic(ConfigLayersTests.Pairs(("log.retention.ms", "9")), []);

        ConfigRow own = Row(configs, Config(("retention.ms", "5")), "retention.ms");
        ConfigRow inherited = Row(configs, Nothing, "retention.ms");
        ConfigRow hours = Row(Configs(("log.retention.hours", "2")), Nothing, "retention.ms");
        ConfigRow untouched = Row(configs, Nothing, "leader.replication.throttled.replicas");

        Assert.Equal(("5", ConfigSource.DynamicTopic, ConfigType.Long, false), (own.Value, own.Source, own.Type, own.IsReadOnly));
        Assert.Equal(
            [
                new("retention.ms", "5", ConfigSource.DynamicTopic),
                new("log.retention.ms", "9", ConfigSource.DynamicDefaultBroker),
                new("log.retention.hours", "2", ConfigSource.StaticBroker),
                new("log.retention.hours", "168", ConfigSource.Default),
            ],
            own.Synonyms);
        Assert.Equal(("9", ConfigSource.DynamicDefaultBroker), (inherited.Value, inherited.Source));
        Assert.Equal(("7200000", ConfigSource.StaticBroker), (hours.Value, hours.Source));
        Assert.Equal(("", ConfigSource.Default), (untouched.Value, untouched.Source));
    }

    [Fact]
    public void Alterations_set_delete_append_and_subtract()
    {
        TopicConfigs configs = Configs(("log.cleanup.policy", "delete"));

        CatalogResult<ImmutableDictionary<string, string>> altered = configs.Alter(
            Config(("retention.ms", "5"), ("segment.ms", "6"), ("follower.replication.throttled.replicas", "0:1,1:2")),
            [
                new("retention.ms", AlterOperation.Delete, null),
                new("segment.ms", AlterOperation.Set, "7"),
                new("cleanup.policy", AlterOperation.Append, "compact,delete"),
                new("follower.replication.throttled.replicas", AlterOperation.Subtract, "0:1,9:9"),
            ]);

        Assert.Equal(
            Config(("segment.ms", "7"), ("cleanup.policy", "delete,compact"), ("follower.replication.throttled.replicas", "1:2")),
            altered.Value!);
    }

    [Theory]
    [InlineData("retention.ms", AlterOperation.Set, "x", ErrorCode.InvalidConfig)]
    [InlineData("nope", AlterOperation.Set, "x", ErrorCode.InvalidConfig)]
    [InlineData("nope", AlterOperation.Append, "x", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", AlterOperation.Append, "5", ErrorCode.InvalidConfig)]
    [InlineData("cleanup.policy", AlterOperation.Subtract, "delete", ErrorCode.InvalidConfig)]
    [InlineData("min.compaction.lag.ms", AlterOperation.Set, "100", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", AlterOperation.Set, null, ErrorCode.InvalidRequest)]
    [InlineData("retention.ms", (AlterOperation)9, "5", ErrorCode.InvalidRequest)]
    [InlineData("nope", AlterOperation.Delete, null, ErrorCode.None)]
    public void An_alteration_that_cannot_be_is_refused(string key, AlterOperation operation, string? value, ErrorCode expected)
    {
        var configs = new TopicConfigs(BrokerOptions.Default);

        CatalogResult<ImmutableDictionary<string, string>> altered =
            configs.Alter(Config(("max.compaction.lag.ms", "50")), [new(key, operation, value)]);

        Assert.Equal(expected, altered.Error);
        Assert.Equal(expected != ErrorCode.None, altered.Message is not null);
    }

    [Fact]
    public void A_key_changed_twice_in_one_request_is_refused() =>
        Assert.Equal(
            ErrorCode.InvalidRequest,
            new TopicConfigs(BrokerOptions.Default).Alter(
                Nothing, [new("retention.ms", AlterOperation.Set, "1"), new("retention.ms", AlterOperation.Delete, null)]).Error);

    [Theory]
    [InlineData("log.retention.ms", "5", ErrorCode.None)]
    [InlineData("log.retention.ms", "0", ErrorCode.InvalidConfig)]
    [InlineData("num.partitions", "5", ErrorCode.InvalidConfig)]
    [InlineData("nope", "5", ErrorCode.InvalidConfig)]
    public void A_running_broker_takes_only_what_needs_no_restart(string key, string value, ErrorCode expected)
    {
        CatalogResult<ImmutableDictionary<string, string>> altered =
            BrokerConfigAlterations.Alter(BrokerConfig.Defaults, Nothing, [new(key, AlterOperation.Set, value)]);

        Assert.Equal(expected, altered.Error);
        Assert.Equal(expected == ErrorCode.None, BrokerConfigAlterations.Validate(Config((key, value))) is null);
    }

    private static TopicConfigs Configs(params (string Key, string Value)[] broker) =>
        new(BrokerOptions.Read(new ConfigLayers().AddValues(ConfigLayersTests.Pairs(broker), "--set")));

    private static ImmutableDictionary<string, string> Config(params (string Key, string Value)[] values) =>
        ConfigLayersTests.Pairs(values).ToImmutableDictionary();

    private static ConfigRow Row(TopicConfigs configs, IReadOnlyDictionary<string, string> config, string name) =>
        configs.Describe(config).Single(row => row.Name == name);
}
