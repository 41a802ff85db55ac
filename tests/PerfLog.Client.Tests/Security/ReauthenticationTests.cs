using Microsoft.Extensions.Time.Testing;
using PerfLog.Client.Security;
using PerfLog.Protocol.Authentication;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;
using PerfLog.Testing.Security;

namespace PerfLog.Client.Tests.Security;

/// <summary>Goal: a proof that is good for a time only is given again on the same connection (KIP-368), and no request gets in between.</summary>
public sealed class ReauthenticationTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    public async Task Before_its_time_is_over_the_proof_is_given_again_on_the_same_connection(string mechanism)
    {
        await using SecureCluster cluster = await StartAsync(mechanism);
        await using BrokerConnection connection = await ConnectAsync(cluster, mechanism);
        for (int round = 1; round <= 4; round++)
        {
            // More requests than the connection lets through at a time: the proof waits for none of those behind it.
            MetadataResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(connection)));

            Assert.All(answers, static answer => Assert.NotEmpty(answer.Brokers));
            Assert.Equal(round, cluster.Front.Proofs);
            _time.Advance(Lifetime * 0.9);
        }

        Assert.Equal(1, cluster.Front.Accepted);
    }

    [Fact]
    public async Task After_a_pause_that_was_too_long_it_is_given_before_the_next_request()
    {
        await using SecureCluster cluster = await StartAsync("PLAIN");
        await using BrokerConnection connection = await ConnectAsync(cluster, "PLAIN");
        _time.Advance(Lifetime * 3);

        await AskAsync(connection);

        Assert.Equal((2, 1), (cluster.Front.Proofs, cluster.Front.Accepted));
    }

    [Fact]
    public async Task While_it_is_good_it_is_not_given_again()
    {
        await using SecureCluster cluster = await StartAsync("PLAIN");
        await using BrokerConnection connection = await ConnectAsync(cluster, "PLAIN");
        _time.Advance(Lifetime * 0.8);

        await AskAsync(connection);

        Assert.Equal(1, cluster.Front.Proofs);
    }

    [Fact]
    public async Task A_password_that_is_no_longer_taken_ends_the_connection_and_all_that_wait_are_told()
    {
        await using SecureCluster cluster = await StartAsync("PLAIN");
        await using BrokerConnection connection = await ConnectAsync(cluster, "PLAIN");
        cluster.Front.Options = cluster.Front.Options with { Password = "another" };
        _time.Advance(Lifetime * 0.9);

        Task<MetadataResponse>[] asked = [.. Enumerable.Range(0, 10).Select(_ => AskAsync(connection))];

        foreach (Task<MetadataResponse> each in asked)
        {
            BrokerConnectionException failure = await Assert.ThrowsAsync<BrokerConnectionException>(() => each);
            Assert.Contains("could not be renewed", failure.Message, StringComparison.Ordinal);
            Assert.Contains("Invalid username or password", failure.Message, StringComparison.Ordinal);
        }
    }

    private Task<SecureCluster> StartAsync(string mechanism) => SecureCluster.StartAsync(new SecureFrontOptions
    {
        Mechanisms = [mechanism], SessionLifetime = Lifetime, Time = _time,
    });

    private Task<BrokerConnection> ConnectAsync(SecureCluster cluster, string mechanism) => BrokerConnection.ConnectAsync(
        "localhost",
        cluster.Front.Port,
        new SecurityOptions
        {
            Protocol = SecurityProtocol.SaslPlaintext,
            Mechanism = mechanism == "PLAIN" ? SaslMechanism.Plain : SaslMechanism.ScramSha256,
            Username = cluster.Front.Options.Username,
            Password = "alice's secret, \"quoted\"",
        }.Protect(new BrokerConnectionOptions { Time = _time, InFlightMax = 2 }));

    private static Task<MetadataResponse> AskAsync(BrokerConnection connection) =>
        connection.SendAsync<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }).AsTask();
}
