using PerfLog.Server.Commands;

namespace PerfLog.Server.Tests.Commands;

public sealed class KafkaSpellingTests
{
    [Theory]
    [InlineData("topics --create --topic t --partitions 3", "topics create t --partitions 3")]
    [InlineData("topics --bootstrap-server h:1 --create --partitions 3 --topic t", "topics create --bootstrap-server h:1 --partitions 3 t")]
    [InlineData("topics --list", "topics list")]
    [InlineData("topics --describe --topic=t", "topics describe t")]
    [InlineData("topics --delete --topic t", "topics delete t")]
    [InlineData("topics --alter --topic t --partitions 9", "topics alter t --partitions 9")]
    [InlineData("groups --list", "groups list")]
    [InlineData("groups --bootstrap-server h:1 --describe --group g --offsets", "groups describe --bootstrap-server h:1 g")]
    [InlineData("groups --describe --group g --members --verbose", "groups members g")]
    [InlineData("groups --describe --all-groups", "groups describe")]
    [InlineData("groups --reset-offsets --group=g --all-topics --to-earliest --execute", "groups reset-offsets g --all-topics --to-earliest --execute")]
    [InlineData("groups --delete-offsets --group g --topic t", "groups delete-offsets g --topic t")]
    [InlineData("groups --delete --group g", "groups delete g")]
    [InlineData("dump-log --print-data-log --files a.log,b.index", "dump-log --print-data-log a.log b.index")]
    [InlineData("perf-test produce --topic t --producer-props acks=1 linger.ms=5 --num-records 3", "perf-test produce t -X acks=1 -X linger.ms=5 --num-records 3")]
    [InlineData("perf-test produce --producer-props acks=1 --topic t", "perf-test produce -X acks=1 t")]
    [InlineData("perf-test e2e h:1 t 10 all 100", "perf-test e2e t --bootstrap-server h:1 --num-records 10 --producer-acks all --record-size 100")]
    [InlineData("perf-test e2e h:1 t 10 1 100 c.properties", "perf-test e2e t --bootstrap-server h:1 --num-records 10 --producer-acks 1 --record-size 100 --command-config c.properties")]
    public void Kafkas_flags_mean_the_verbs(string said, string meant) =>
        Assert.Equal(meant.Split(' '), KafkaSpelling.Translate(said.Split(' ')));

    [Theory]
    [InlineData("topics create t --config a=b")]
    [InlineData("topics list --json")]
    [InlineData("topics")]
    [InlineData("start --data-dir --create")]
    [InlineData("dump-log a.log")]
    [InlineData("perf-test e2e t -n 10")]
    public void Everything_else_stays_as_it_was_said(string said) =>
        Assert.Equal(said.Split(' '), KafkaSpelling.Translate(said.Split(' ')));
}
