namespace PerfLog.Interop;

/// <summary>One broker for the tests that neither stop nor configure theirs; each test makes topics of its own.</summary>
public sealed class SharedBroker : BrokerFixture
{
    private static int topics;

    /// <summary>A topic name that no other test has.</summary>
    public static string NewTopicName(string stem) => $"{stem}-{Interlocked.Increment(ref topics)}";
}

/// <summary>The tests of one collection run one after the other against the same broker.</summary>
[CollectionDefinition(Name)]
public sealed class SharedBrokerTests : ICollectionFixture<SharedBroker>
{
    public const string Name = "shared broker";
}
