using PerfLog.Broker;
using PerfLog.Testing.Security;

namespace PerfLog.Server.Tests.Commands;

/// <summary>Goal: a file that Kafka's tools take as <c>--command-config</c> serves every command that talks to a cluster.</summary>
public sealed class ClientSettingsTests
{
    private const string Login = """
        # who we are
        sasl.mechanism=SCRAM-SHA-512
        sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
          username="alice" \
          password="secret";
        """;

    [Fact]
    public async Task Every_command_proves_who_it_is_as_the_file_says()
    {
        using TestAuthority authority = new();
        await using SecureFront front = new(new SecureFrontOptions
        {
            Certificate = authority.Sign("broker", "localhost"), Mechanisms = ["SCRAM-SHA-512"], Password = "secret",
        });
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
        {
            Settings = new Dictionary<string, string> { ["advertised.listeners"] = $"PLAINTEXT://localhost:{front.Port}" },
        });
        front.Broker = broker.EndPoint;
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("ca.pem"), authority.Pem);
        File.WriteAllText(folder.File("lines"), "one\ntwo\n");
        File.WriteAllText(folder.File("client.properties"), $"{Login}\nsecurity.protocol=SASL_SSL\nssl.truststore.location={folder.File("ca.pem")}\n");
        string[] secured = ["--bootstrap-server", $"localhost:{front.Port}", "--command-config", folder.File("client.properties")];

        Assert.Equal(0, (await ProgramRun.OfAsync(["topics", "create", "t", .. secured])).ExitCode);
        Assert.Equal(0, (await ProgramRun.OfAsync(["produce", "t", folder.File("lines"), .. secured])).ExitCode);
        ProgramRun list = await ProgramRun.OfAsync(["topics", "--list", .. secured]);
        ProgramRun read = await ProgramRun.OfAsync(["consume", "t", "--from-beginning", "-e", "-f", "", .. secured]);
        ProgramRun checkedNumbers = await ProgramRun.OfAsync(["verify", "t", "-n", "10", .. secured]);
        ProgramRun measured = await ProgramRun.OfAsync(["perf-test", "e2e", "t", "-n", "3", .. secured]);
        ProgramRun wrong = await ProgramRun.OfAsync(["topics", "list", .. secured, "-X", "sasl.mechanism=PLAIN"]);
        ProgramRun unknown = await ProgramRun.OfAsync(["groups", "list", .. secured, "-X", "sasl.mecanism=PLAIN"]);
        ProgramRun bare = await ProgramRun.OfAsync("topics", "list", "--bootstrap-server", $"localhost:{front.Port}");

        Assert.Equal("t", Assert.Single(list.Lines));
        Assert.Equal((0, ""), (read.ExitCode, read.Errors));
        Assert.Contains("10 records: 0 refused, 0 lost", checkedNumbers.Output);
        Assert.Contains("Avg latency", measured.Output);
        Assert.Contains("sasl.mechanism=PLAIN is not allowed", wrong.Errors);
        Assert.Contains("the nearest one is sasl.mechanism", unknown.Errors);
        Assert.Contains("TLS only (security.protocol)", bare.Errors);
        Assert.Equal((2, 2, 1), (wrong.ExitCode, unknown.ExitCode, bare.ExitCode));
    }

    [Fact]
    public async Task A_wrong_password_and_a_missing_file_are_told_in_one_line()
    {
        await using SecureFront front = new(new SecureFrontOptions { Mechanisms = ["SCRAM-SHA-512"], Password = "another" });
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        front.Broker = broker.EndPoint;
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("client.properties"), $"{Login}\nsecurity.protocol=SASL_PLAINTEXT\n");
        string[] secured = ["--bootstrap-server", $"localhost:{front.Port}", "--command-config", folder.File("client.properties")];

        ProgramRun[] refused =
        [
            await ProgramRun.OfAsync(["topics", "list", .. secured]),
            await ProgramRun.OfAsync(["produce", "t", folder.File("client.properties"), .. secured]),
            await ProgramRun.OfAsync(["consume", "t", .. secured]),
        ];
        ProgramRun missing = await ProgramRun.OfAsync("topics", "list", "--command-config", "/no/such.properties");

        Assert.All(refused, static run => Assert.Contains("SCRAM-SHA-512 as alice: Authentication failed", run.Errors));
        Assert.Contains("perflog: --command-config /no/such.properties: ", missing.Errors);
        Assert.All([.. refused, missing], static run =>
        {
            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        });
    }
}
