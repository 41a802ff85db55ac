using System.Collections;
using PerfLog.Broker.Configuration;
using PerfLog.Server.Hosting;

namespace PerfLog.Server.Tests.Hosting;

public sealed class StartOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_word_it_listens_on_loopback_and_keeps_its_data_beside()
    {
        BrokerOptions options = new StartOptions().Read(Environment());

        Assert.Equal("PLAINTEXT://127.0.0.1:9092", Assert.Single(options.Listeners).ToString());
        Assert.Equal("./perflog-data", Assert.Single(options.LogDirectories));
    }

    [Fact]
    public void The_file_then_the_environment_then_the_flags_win()
    {
        var start = new StartOptions
        {
            ConfigFile = FileWith("num.partitions=2\nlog.retention.ms=2\nlog.segment.bytes=200000\nlisteners=PLAINTEXT://0.0.0.0:2"),
            Settings = new Dictionary<string, string> { ["log.segment.bytes"] = "400000" },
            Listener = "127.0.0.1:4",
        };

        BrokerOptions options = start.Read(Environment(
            ("PERFLOG_LOG_RETENTION_MS", "3"), ("PERFLOG_LOG_SEGMENT_BYTES", "300000"), ("PERFLOG_LISTENERS", "PLAINTEXT://0.0.0.0:3")));

        Assert.Equal(
            ("2", "3", "400000", "PLAINTEXT://127.0.0.1:4"),
            (options.Config.Get("num.partitions"), options.Config.Get("log.retention.ms"),
                options.Config.Get("log.segment.bytes"), options.Listeners.Single().ToString()));
    }

    [Theory]
    [InlineData("log.dirs=/from/file")]
    [InlineData("log.dir=/from/file")]
    public void A_files_own_directory_is_not_replaced_by_the_default(string line) =>
        Assert.Equal("/from/file", Assert.Single(new StartOptions { ConfigFile = FileWith(line) }.Read(Environment()).LogDirectories));

    [Fact]
    public void All_that_is_wrong_is_told_with_where_it_stands()
    {
        var start = new StartOptions
        {
            ConfigFile = FileWith("# comment\nnum.partitions=many"),
            Settings = new Dictionary<string, string> { ["no.such.key"] = "1" },
        };

        CommandException refused = Assert.Throws<CommandException>(() => start.Read(Environment()));

        Assert.Contains($"{start.ConfigFile} line 2", refused.Message);
        Assert.Contains("num.partitions", refused.Message);
        Assert.Contains("--set", refused.Message);
        Assert.Contains("no.such.key", refused.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() =>
        Assert.Contains(_folder.File("missing"), Assert.Throws<CommandException>(
            () => new StartOptions { ConfigFile = _folder.File("missing") }.Read(Environment())).Message);

    /// <summary>As the system hands it over.</summary>
    private static Hashtable Environment(params (string Name, string Value)[] variables) =>
        new(variables.ToDictionary(static variable => variable.Name, static variable => variable.Value));

    private string FileWith(string text)
    {
        File.WriteAllText(_folder.File("server.properties"), text);
        return _folder.File("server.properties");
    }
}
