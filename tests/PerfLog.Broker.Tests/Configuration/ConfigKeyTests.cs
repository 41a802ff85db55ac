using PerfLog.Broker.Configuration;

namespace PerfLog.Broker.Tests.Configuration;

public sealed class ConfigKeyTests
{
    [Theory]
    [InlineData("retention.ms", "-1")]
    [InlineData("retention.ms", " 5 ")]
    [InlineData("segment.bytes", "14")]
    [InlineData("segment.bytes", "2147483647")]
    [InlineData("cleanup.policy", "compact")]
    [InlineData("cleanup.policy", " compact , delete ")]
    [InlineData("compression.type", "zstd")]
    [InlineData("compression.gzip.level", "-1")]
    [InlineData("min.cleanable.dirty.ratio", "0.25")]
    [InlineData("preallocate", "TRUE")]
    [InlineData("follower.replication.throttled.replicas", "")]
    public void A_value_that_is_allowed_has_no_problem(string key, string value) =>
        Assert.Null(TopicKeys.Definition.Get(key).ProblemWith(value));

    [Theory]
    [InlineData("retention.ms", "-2", "a whole number of at least -1")]
    [InlineData("retention.ms", "abc", "a whole number of at least -1")]
    [InlineData("retention.ms", "1.5", "a whole number")]
    [InlineData("retention.ms", "9223372036854775808", "a whole number")]
    [InlineData("retention.ms", "", "a whole number")]
    [InlineData("segment.bytes", "13", "of at least 14")]
    [InlineData("segment.bytes", "2147483648", "a whole number")]
    [InlineData("cleanup.policy", "", "of compact, delete")]
    [InlineData("cleanup.policy", "delete,shred", "a list divided by commas of compact, delete")]
    [InlineData("compression.type", "brotli", "one of uncompressed, zstd, lz4, snappy, gzip, producer")]
    [InlineData("compression.gzip.level", "0", "from 1 to 9, or -1")]
    [InlineData("min.cleanable.dirty.ratio", "1.1", "a number from 0 to 1")]
    [InlineData("min.cleanable.dirty.ratio", "NaN", "a number")]
    [InlineData("preallocate", "yes", "true or false")]
    public void A_bad_value_is_told_with_key_value_and_what_is_allowed(string key, string value, string allowed)
    {
        string? problem = TopicKeys.Definition.Get(key).ProblemWith(value);

        Assert.Contains(key, problem);
        Assert.Contains($"\"{value}\"", problem);
        Assert.Contains(allowed, problem);
    }

    [Fact]
    public void A_secret_is_not_repeated_in_the_problem()
    {
        var key = new ConfigKey("secret", ConfigType.Password, null, ConfigCheck.OneOf("x"), "A secret.");

        Assert.True(key.IsSensitive);
        Assert.DoesNotContain("hunter2", key.ProblemWith("hunter2"));
    }

    [Fact]
    public void Every_default_is_valid_and_every_key_is_documented()
    {
        foreach (ConfigKey key in TopicKeys.Definition.Keys.Concat(BrokerKeys.Definition.Keys))
        {
            if (key.Default is not null) Assert.Null(key.ProblemWith(key.Default));
            Assert.EndsWith(".", key.Documentation);
        }
    }

    [Fact]
    public void A_topics_default_is_what_its_brokers_defaults_give()
    {
        var configs = new TopicConfigs(BrokerOptions.Default);
        Dictionary<string, string?> rows = configs.Describe(new Dictionary<string, string>())
            .ToDictionary(static row => row.Name, static row => row.Value);

        Assert.All(TopicKeys.Definition.Keys, key => Assert.Equal(key.Default, rows[key.Name]));
    }

    [Theory]
    [InlineData("retention.msx", "retention.ms")]
    [InlineData("retnetion.ms", "retention.ms")]
    [InlineData("segment.byte", "segment.bytes")]
    [InlineData("cleanup.polcy", "cleanup.policy")]
    public void A_mistyped_key_finds_its_near_matches(string typed, string meant)
    {
        Assert.Equal(meant, TopicKeys.Definition.NearMatches(typed).First());
        Assert.Contains($"did you mean {meant}", TopicKeys.Definition.UnknownKeyProblem("topic", typed));
    }

    [Fact]
    public void A_key_that_is_like_none_has_no_near_match() =>
        Assert.Equal("Unknown topic configuration zzz.", TopicKeys.Definition.UnknownKeyProblem("topic", "zzz"));
}
