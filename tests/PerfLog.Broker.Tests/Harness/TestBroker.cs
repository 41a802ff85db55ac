using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>An embedded broker, what it logs, and the few requests that every test needs.</summary>
internal sealed class TestBroker(EmbeddedBroker broker, LogCapture log) : IAsyncDisposable
{
    private const short MetadataVersion = 12;
    private const short CreateTopicsVersion = 7;

    public EmbeddedBroker Broker => broker;

    public LogCapture Log => log;

    public static async Task<TestBroker> StartAsync(
        TimeProvider? time = null, string? directory = null, params (string Key, string Value)[] settings)
    {
        var log = new LogCapture();
        var options = new EmbeddedBrokerOptions
        {
            DataDirectory = directory,
            LoggerFactory = log,
            Time = time ?? TimeProvider.System,
            Settings = WithRetentionForTests(settings),
        };
        return new TestBroker(await EmbeddedBroker.StartAsync(options), log);
    }

    /// <summary>The records of tests have fixed times, which housekeeping would soon find too old; what it does find, it finds soon.</summary>
    private static Dictionary<string, string> WithRetentionForTests((string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["log.retention.ms"] = "-1", ["log.retention.check.interval.ms"] = "1000" };
        foreach ((string key, string value) in settings) all[key] = value;
        return all;
    }

    public RawClient Connect(string? clientId = "raw") => new(broker.EndPoint, clientId);

    /// <returns>The topic's id.</returns>
    public Uuid CreateTopic(string name, int partitions = 1, params (string Key, string Value)[] configs)
    {
        var request = new CreateTopicsRequest
        {
            Topics =
            [
                new()
                {
                    Name = name,
                    NumPartitions = partitions,
                    ReplicationFactor = 1,
                    Configs = [.. configs.Select(static config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
                },
            ],
        };
        using RawClient client = Connect();
        CreateTopicsResponse.CreatableTopicResult created =
            Assert.Single(client.Call<CreateTopicsRequest, CreateTopicsResponse>(request, CreateTopicsVersion).Topics);
        Assert.True(created.ErrorCode == ErrorCode.None, created.ErrorMessage);
        return created.TopicId;
    }

    public void DeleteTopic(string name)
    {
        using RawClient client = Connect();
        var deleted = client.Call<DeleteTopicsRequest, DeleteTopicsResponse>(new DeleteTopicsRequest { TopicNames = [name] }, 5);
        Assert.Equal(ErrorCode.None, Assert.Single(deleted.Responses).ErrorCode);
    }

    /// <summary>A newcomer gets a good answer, so whatever happened before harmed nobody else.</summary>
    public void AssertServes()
    {
        using RawClient client = Connect();
        MetadataResponse metadata = client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = null }, MetadataVersion);
        Assert.Equal(broker.ClusterId, metadata.ClusterId);
        Assert.Equal(broker.EndPoint.Port, Assert.Single(metadata.Brokers).Port);
    }

    /// <summary>One connection was closed: the log says so once, names the reason, and holds nothing else of note.</summary>
    public void AssertOneWarning(string reason)
    {
        AssertServes();
        LogCapture.Line line = Assert.Single(log.Warnings);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, line.Level);
        Assert.Contains(reason, line.Text);
    }

    public ValueTask DisposeAsync() => broker.DisposeAsync();
}
