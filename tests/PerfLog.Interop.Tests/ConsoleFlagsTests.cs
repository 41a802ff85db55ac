using System.Text.Json;

namespace PerfLog.Interop;

/// <summary>Goal: who knows kcat or Kafka's console tools says what he is used to, and sees what he is used to.</summary>
[Collection(SharedBrokerTests.Name)]
public sealed class ConsoleFlagsTests(SharedBroker broker)
{
    [Fact]
    public async Task The_console_producers_properties_make_headers_keys_and_tombstones_of_a_line()
    {
        string topic = await TopicAsync("console-produce");
        ProgramResult written = (await ForeignProgram.PerfLogWithAsync(
            "h1:a,h2:b\tk1\tv1\r\nh1:c\tk2\tNIL\n", "produce", "--bootstrap-server", broker.Address, "--topic", topic,
            "--property", "parse.key=true", "--property", "parse.headers=true", "--property", "null.marker=NIL")).ShouldSucceed();

        Assert.Equal($"2 records written to {topic}.", written.Errors.Trim());
        Assert.Equal(["k1 v1 h1=a,h2=b", "k2 NULL h1=c"], await KcatAsync(topic, "-Z", "-f", "%k %s %h\\n"));
    }

    [Fact]
    public async Task A_line_without_its_key_is_an_error_that_counts_lines_unless_errors_are_ignored()
    {
        string topic = await TopicAsync("console-strict");
        string[] flags = ["produce", "--bootstrap-server", broker.Address, "--topic", topic, "--property", "parse.key=true", "--property", "key.separator=:"];
        ProgramResult strict = (await ForeignProgram.PerfLogWithAsync("a:1\nb\nc:3\n", flags)).ShouldFail(1);
        (await ForeignProgram.PerfLogWithAsync("b\n", [.. flags, "--property", "ignore.error=true"])).ShouldSucceed();

        Assert.Contains("line 2: there is no ':' behind its key", strict.Errors);
        Assert.Equal(["a=1", "=b"], await KcatAsync(topic, "-f", "%k=%s\\n"));
    }

    [Fact]
    public async Task Kcats_flags_produce_the_same_as_kcat_does()
    {
        string own = await TopicAsync("kcat-own");
        string theirs = await TopicAsync("kcat-theirs");
        string[] flags = ["-D", "|", "-K", "=", "-H", "a=1", "-H", "b=2", "-z", "lz4", "-Z", "-p", "0"];
        const string Input = "k=v|=only a value|tombstone=|no key";
        (await ForeignProgram.PerfLogWithAsync(Input, ["produce", "-b", broker.Address, "-t", own, .. flags])).ShouldSucceed();
        (await ForeignProgram.KcatAsync(Input, ["-P", "-b", broker.Address, "-t", theirs, .. flags])).ShouldSucceed();

        string[] read = await KcatAsync(own, "-Z", "-f", "%K %k %S %s %h\\n");
        Assert.Equal(4, read.Length);
        Assert.Equal(await KcatAsync(theirs, "-Z", "-f", "%K %k %S %s %h\\n"), read);
    }

    [Theory]
    [InlineData("-f", "%t %p %o %k %K %s %S %h %T %%\\t|\\n")]
    [InlineData("-Z", "-K", "::")]
    [InlineData("-D", "##\\n")]
    [InlineData("-c", "2")]
    [InlineData("-o", "-1")]
    [InlineData("-o", "1")]
    public async Task Kcats_flags_consume_the_same_as_kcat_does(params string[] flags)
    {
        string topic = await TopicAsync("kcat-consume");
        (await ForeignProgram.KcatAsync("k1:v1\nk2:\n:v3\n", "-P", "-b", broker.Address, "-t", topic, "-K", ":", "-Z", "-H", "x=1", "-H", "y=2")).ShouldSucceed();
        string[] from = flags.Contains("-o") ? [] : ["-o", "beginning"];

        ProgramResult own = (await ForeignProgram.PerfLogAsync(["consume", "-b", broker.Address, "-t", topic, "-e", .. from, .. flags])).ShouldSucceed();
        ProgramResult theirs = (await ForeignProgram.KcatAsync("", ["-C", "-q", "-b", broker.Address, "-t", topic, "-e", .. from, .. flags])).ShouldSucceed();

        Assert.NotEmpty(own.Output);
        Assert.Equal(theirs.Output, own.Output);
    }

    [Fact]
    public async Task The_console_consumers_properties_choose_what_is_written_and_in_which_form()
    {
        string topic = await TopicAsync("console-consume");
        (await ForeignProgram.KcatAsync("k1:v1\nk2:\n", "-P", "-b", broker.Address, "-t", topic, "-K", ":", "-Z", "-H", "x=1")).ShouldSucceed();
        ProgramResult read = (await ForeignProgram.PerfLogAsync(
            "consume", "--bootstrap-server", broker.Address, "--topic", topic, "--from-beginning", "--max-messages", "2",
            "--property", "print.timestamp=true", "--property", "print.partition=true", "--property", "print.offset=true",
            "--property", "print.headers=true", "--property", "print.key=true", "--property", "key.separator=;")).ShouldSucceed();

        Assert.Matches(@"^CreateTime:\d{13};Partition:0;Offset:0;x:1;k1;v1$", read.Lines[0]);
        Assert.Matches(@"^CreateTime:\d{13};Partition:0;Offset:1;x:1;k2;null$", read.Lines[1]);
        ProgramResult wrong = (await ForeignProgram.PerfLogAsync(
            "consume", topic, "-b", broker.Address, "--property", "print.keys=true")).ShouldFail(2);
        Assert.Contains("print.key,", wrong.Errors);
    }

    [Fact]
    public async Task Json_has_a_line_for_each_record_with_kcats_fields()
    {
        string topic = await TopicAsync("json-consume");
        (await ForeignProgram.KcatAsync("k1:v\"1\n", "-P", "-b", broker.Address, "-t", topic, "-K", ":", "-H", "x=1")).ShouldSucceed();
        ProgramResult own = (await ForeignProgram.PerfLogAsync("consume", topic, "-b", broker.Address, "--from-beginning", "-e", "-J")).ShouldSucceed();

        using JsonDocument json = JsonDocument.Parse(Assert.Single(own.Lines));
        Assert.Equal(
            (topic, 0, 0, "create", "k1", "v\"1", "x"),
            (json.RootElement.GetProperty("topic").GetString(), json.RootElement.GetProperty("partition").GetInt32(),
                json.RootElement.GetProperty("offset").GetInt32(), json.RootElement.GetProperty("tstype").GetString(),
                json.RootElement.GetProperty("key").GetString(), json.RootElement.GetProperty("payload").GetString(),
                json.RootElement.GetProperty("headers")[0].GetString()));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_go_through_unchanged_and_a_time_is_a_place_to_start()
    {
        string topic = await TopicAsync("bytes");
        using TemporaryFolder folder = new();
        byte[] bytes = [0xff, 0x00, 0xc3, 0x28, (byte)'\n', (byte)'x', (byte)'\n'];
        await File.WriteAllBytesAsync(folder.File("lines"), bytes);
        (await ForeignProgram.PerfLogAsync("produce", topic, folder.File("lines"), "-b", broker.Address, "-c", "1")).ShouldSucceed();

        Assert.Equal(["4"], await KcatAsync(topic, "-f", "%S\\n"));
        Assert.Equal("4", Assert.Single((await ForeignProgram.PerfLogAsync("consume", topic, "-o", "s@1", "-e", "-f", "%S\\n", "-b", broker.Address)).Lines));
        Assert.Empty((await ForeignProgram.PerfLogAsync("consume", topic, "-o", "s@99999999999999", "-e", "-f", "%S\\n", "-b", broker.Address)).ShouldSucceed().Lines);
    }

    private async Task<string> TopicAsync(string stem)
    {
        string topic = SharedBroker.NewTopicName(stem);
        await Clients.CreateTopicAsync(broker.Address, topic);
        return topic;
    }

    private async Task<string[]> KcatAsync(string topic, params string[] flags) =>
        (await ForeignProgram.KcatAsync("", ["-C", "-q", "-b", broker.Address, "-t", topic, "-o", "beginning", "-e", .. flags])).ShouldSucceed().Lines;
}
