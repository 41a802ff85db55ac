namespace PerfLog.Server.Tests.Commands;

public sealed class PerfLogCommandTests
{
    [Theory]
    [InlineData]
    [InlineData("no-such-verb")]
    [InlineData("dump-log")]
    [InlineData("dump-log", "--no-such-option", "x.log")]
    public async Task A_wrong_command_line_ends_with_2_and_points_to_the_help(params string[] arguments)
    {
        ProgramRun run = await ProgramRun.OfAsync(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("--help", run.Errors);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("dump-log", "--help")]
    public async Task Help_is_output_and_a_success(params string[] arguments)
    {
        ProgramRun run = await ProgramRun.OfAsync(arguments);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("Usage:", run.Output);
    }

    [Fact]
    public async Task A_missing_file_a_folder_and_a_strange_file_are_named_in_one_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("notes.txt"), "x");
        foreach (string path in new[] { folder.File("no-such.log"), folder.Path, folder.File("notes.txt") })
        {
            ProgramRun run = await ProgramRun.OfAsync("dump-log", path);
            Assert.Equal(1, run.ExitCode);
            Assert.StartsWith($"perflog: {path} ", run.Errors);
            Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Theory]
    [InlineData("prodce t", "'perflog' has no command 'prodce'; the nearest one is produce.")]
    [InlineData("perf-test prod t", "'perflog perf-test' has no command 'prod'; the nearest one is produce.")]
    [InlineData("perf-test", "'perflog perf-test' needs one of produce, consume, e2e.")]
    [InlineData("produce", "'perflog produce' needs TOPIC.")]
    [InlineData("produce t --compresion-codec lz4", "'perflog produce' has no option --compresion-codec; the nearest one is --compression-codec.")]
    [InlineData("produce t --ackss=1", "'perflog produce' has no option --ackss; the nearest one is --acks.")]
    [InlineData("perf-test produce t --record-sizee 5", "'perflog perf-test produce' has no option --record-sizee; the nearest one is --record-size.")]
    [InlineData("dump-log --deep-iterations x.log", "'perflog dump-log' has no option --deep-iterations; the nearest one is --deep-iteration.")]
    [InlineData("verify t -n abc", "--num-records: 'abc' is no whole number, or too large.")]
    [InlineData("verify t -n 99999999999", "--num-records: '99999999999' is no whole number, or too large.")]
    [InlineData("verify t -n 0", "--num-records: 0 is too small; at least 1.")]
    [InlineData("perf-test produce t -s x", "--record-size: 'x' is no whole number, or too large.")]
    [InlineData("perf-test produce t --throughput x", "--throughput: 'x' is no number, or too large.")]
    [InlineData("perf-test consume t -n -5", "--num-records: -5 is too small; at least 1.")]
    [InlineData("produce t -p -3", "--partition: -3 is too small; at least 0.")]
    [InlineData("consume t -c -1", "--max-messages: -1 is too small; at least 0.")]
    [InlineData("demo --record-size 0", "--record-size must be from 1 to 1048495.")]
    [InlineData("consume t --property print.kee=true", "--property print.kee: there are headers.separator, key.separator, line.separator, null.literal, print.headers, print.key, print.offset, print.partition, print.timestamp, print.value.")]
    [InlineData("consume t --property print.key=perhaps", "--property print.key=perhaps: it must be true or false.")]
    [InlineData("consume t -o nowhere", "--offset: 'nowhere' is neither beginning, end, an offset, -N nor s@MILLISECONDS.")]
    [InlineData("consume t -o s@-5", "--offset: 's@-5': behind s@ stand milliseconds since 1970.")]
    [InlineData("consume t -f %q", "--format: %q means nothing; there are %t %p %o %T %k %s %K %S %R %h and %%.")]
    [InlineData("consume t -J -f %s", "--json and --format exclude each other.")]
    [InlineData("consume t -X no.such=1", "The option no.such is unknown; the nearest one is group.id.")]
    [InlineData("produce t -z brotli", "compression.type=brotli is not allowed: it must be one of none, gzip, snappy, lz4, zstd.")]
    [InlineData("topics list -b nowhere", "--bootstrap-server: 'nowhere' is no broker address; write HOST:PORT with a port from 1 to 65535.")]
    [InlineData("produce t -b nowhere", "--bootstrap-server: 'nowhere' is no broker address; write HOST:PORT with a port from 1 to 65535.")]
    [InlineData("topics list -X bootstrap.servers=nowhere", "bootstrap.servers: 'nowhere' is no broker address; write HOST:PORT with a port from 1 to 65535.")]
    [InlineData("produce t -X bootstrap.servers=nowhere", "bootstrap.servers: 'nowhere' is no broker address; write HOST:PORT with a port from 1 to 65535.")]
    [InlineData("groups reset-offsets g --to-datetime never --all-topics", "--to-datetime: \"never\" is no time such as 2026-01-31T12:00:00Z.")]
    public async Task What_is_wrong_is_told_in_one_line_with_what_may_have_been_meant(string commandLine, string told)
    {
        ProgramRun run = await ProgramRun.OfAsync(commandLine.Split(' '));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Equal($"perflog: {told}", run.Errors.Split('\n')[0].TrimEnd());
        Assert.Equal(2, run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("produce t -X acks=1", "acks=1 is not allowed: it must be all when enable.idempotence=true.")]
    [InlineData("produce t /no/such/file -X acks=1", "acks=1 is not allowed: it must be all when enable.idempotence=true.")]
    [InlineData("verify t -X retries=0", "retries=0 is not allowed: it must be more than 0 when enable.idempotence=true.")]
    [InlineData("consume t -X max.poll.records=0", "max.poll.records=0 is not allowed: it must be more than 0.")]
    [InlineData("perf-test produce t -X buffer.memory=9", "buffer.memory=9 is not allowed: it must be at least batch.size (16384).")]
    [InlineData("perf-test consume t -X max.poll.records=0", "max.poll.records=0 is not allowed: it must be more than 0.")]
    [InlineData("perf-test e2e t -X security.protocol=SASL_PLAINTEXT", "security.protocol=SASL_PLAINTEXT needs sasl.mechanism")]
    [InlineData("topics list -X security.protocol=SASL_PLAINTEXT", "security.protocol=SASL_PLAINTEXT needs sasl.mechanism")]
    public async Task Options_that_contradict_each_other_are_told_before_a_broker_is_asked(string commandLine, string told)
    {
        ProgramRun run = await ProgramRun.OfAsync([.. commandLine.Split(' '), "-b", "127.0.0.1:1"]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"perflog: {told}", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_records_that_is_not_there_is_told_before_a_broker_is_asked()
    {
        ProgramRun run = await ProgramRun.OfAsync("produce", "t", "/no/such/file", "-b", "127.0.0.1:1");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("/no/such/file", run.Errors);
    }

    [Theory]
    [InlineData("topics list")]
    [InlineData("groups list")]
    [InlineData("configs describe --topic t")]
    [InlineData("produce t")]
    [InlineData("consume t -e")]
    [InlineData("verify t")]
    [InlineData("perf-test produce t")]
    [InlineData("perf-test consume t")]
    [InlineData("perf-test e2e t")]
    public async Task A_broker_that_nobody_runs_is_told_at_once_and_in_one_line(string commandLine)
    {
        ProgramRun run = await ProgramRun.OfAsync([.. commandLine.Split(' '), "-b", "127.0.0.1:1"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal("perflog: 127.0.0.1:1: Connection refused", run.Errors.Trim());
    }
}
