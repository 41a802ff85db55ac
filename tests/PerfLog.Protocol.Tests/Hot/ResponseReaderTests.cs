using System.Text;
using FsCheck.Xunit;
using PerfLog.Protocol.Hot;
using PerfLog.Protocol.Messages;
using PerfLog.Protocol.Tests.Schemas;
using PerfLog.Wire;

namespace PerfLog.Protocol.Tests.Hot;

/// <summary>The readers that walk answers in place agree with the message classes, in every version that they read.</summary>
public sealed class ResponseReaderTests
{
    [Property(MaxTest = 60)]
    public void A_produce_answer_is_walked_as_the_message_has_it(int seed) => ForAll<ProduceResponse>(
        seed,
        ProduceResponseReader.HighestVersion,
        static (response, version, frame) =>
        {
            var reader = new ProduceResponseReader(frame, version);
            List<string> walked = Walk(ref reader);

            Assert.Null(reader.Failure);
            Assert.Equal(version >= 1 ? response.ThrottleTimeMs : 0, reader.ThrottleTimeMs);
            Assert.Equal(
                response.Responses.SelectMany(topic => topic.PartitionResponses.Select(partition =>
                    $"{topic.Name} {partition.Index} {partition.ErrorCode} {partition.BaseOffset} {partition.LogAppendTimeMs} '{Words(partition)}'")),
                walked);
        });

    [Property(MaxTest = 60)]
    public void A_fetch_answer_is_walked_as_the_message_has_it(int seed) => ForAll<FetchResponse>(
        seed,
        FetchResponseReader.HighestVersion,
        static (response, version, frame) =>
        {
            var reader = new FetchResponseReader(frame, version);
            List<string> walked = Walk(ref reader, frame);

            Assert.Null(reader.Failure);
            Assert.Equal(version >= 1 ? response.ThrottleTimeMs : 0, reader.ThrottleTimeMs);
            Assert.Equal(version >= 7 ? response.ErrorCode : ErrorCode.None, reader.Error);
            Assert.Equal(version >= 7 ? response.SessionId : 0, reader.SessionId);
            Assert.Equal(response.Responses.SelectMany(topic => topic.Partitions.Select(partition => Line(topic.Topic, partition))), walked);
        });

    /// <summary>Goal: an answer that ends early is found out, with words, and nothing is read past its end.</summary>
    [Property(MaxTest = 10)]
    public void An_answer_cut_off_anywhere_is_a_failure_and_never_an_exception(int seed)
    {
        ForAll<ProduceResponse>(seed, ProduceResponseReader.HighestVersion, static (_, version, frame) =>
        {
            for (int length = 0; length < frame.Length; length++) AssertTold(FailureOfProduce(frame[..length], version), length);
            Assert.Null(FailureOfProduce(frame, version));
        });
        ForAll<FetchResponse>(seed, FetchResponseReader.HighestVersion, static (_, version, frame) =>
        {
            for (int length = 0; length < frame.Length; length++) AssertTold(FailureOfFetch(frame[..length], version), length);
            Assert.Null(FailureOfFetch(frame, version));
        });
    }

    [Fact]
    public void A_walk_that_is_over_stays_over()
    {
        const short Version = 11;
        byte[] frame = Bytes(new ProduceResponse { ThrottleTimeMs = 7 }, Version);
        var reader = new ProduceResponseReader(frame, Version);

        Assert.False(reader.MoveNext());
        Assert.False(reader.MoveNext());

        Assert.Null(reader.Failure);
        Assert.Equal(7, reader.ThrottleTimeMs);
    }

    /// <summary>Goal: brokers that are newer than this client may add to every part of an answer.</summary>
    [Property(MaxTest = 60)]
    public void Tagged_fields_that_are_unknown_change_nothing(int seed)
    {
        ForAll<ProduceResponse>(seed, ProduceResponseReader.HighestVersion, static (response, version, frame) =>
            Assert.Equal(WalkProduce(frame, version), WalkProduce(WithUnknownTags(response, version), version)));
        ForAll<FetchResponse>(seed, FetchResponseReader.HighestVersion, static (response, version, frame) =>
            Assert.Equal(WalkFetch(frame, version), WalkFetch(WithUnknownTags(response, version), version)));
    }

    [Theory]
    [InlineData(ProduceResponseReader.HighestVersion + 1)]
    public void Versions_that_name_no_topics_are_refused(short version)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new ProduceResponseReader([], version).Failure);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new FetchResponseReader([], version).Failure);
    }

    [Property(MaxTest = 10)]
    public void An_answer_with_changed_bytes_is_never_an_exception(int seed)
    {
        ForAll<ProduceResponse>(seed, ProduceResponseReader.HighestVersion, static (_, version, frame) =>
            ForChanged(frame, changed => FailureOfProduce(changed, version)));
        ForAll<FetchResponse>(seed, FetchResponseReader.HighestVersion, static (_, version, frame) =>
            ForChanged(frame, changed => FailureOfFetch(changed, version)));
    }

    private delegate void Rule<in T>(T response, short version, ReadOnlySpan<byte> frame);

    private static void ForAll<T>(int seed, short highest, Rule<T> rule)
        where T : IResponseMessage
    {
        MessageCase of = MessageCase.Of(typeof(T).Name);
        foreach (short version in of.Versions.Where(version => version <= highest))
        {
            T response = (T)RandomMessage.Create(of, version, new Random(seed));
            rule(response, version, Bytes(response, version));
        }
    }

    private static byte[] Bytes<T>(T response, short version)
        where T : IResponseMessage
    {
        byte[] bytes = new byte[ResponseFrame.Size(response, version)];
        var writer = new WireWriter(bytes);
        ResponseFrame.Write(ref writer, response, version, correlationId: 5, bytes.Length);
        return bytes[RequestFrame.LengthBytes..];
    }

    /// <summary>The same answer, with a tagged field in each of its parts that nobody knows.</summary>
    private static byte[] WithUnknownTags<T>(T response, short version)
        where T : IResponseMessage
    {
        byte[] plain = Bytes(response, version);
        int header = plain.Length - response.Size(version);
        return [.. plain[..header], .. ReferenceEncoder.Encode(response, MessageCase.Of(typeof(T).Name).Schema, version, unknownTags: true)];
    }

    private static List<string> WalkProduce(ReadOnlySpan<byte> frame, short version)
    {
        var reader = new ProduceResponseReader(frame, version);
        List<string> walked = Walk(ref reader);
        Assert.Null(reader.Failure);
        return walked;
    }

    private static List<string> WalkFetch(ReadOnlySpan<byte> frame, short version)
    {
        var reader = new FetchResponseReader(frame, version);
        List<string> walked = Walk(ref reader, frame);
        Assert.Null(reader.Failure);
        return walked;
    }

    private static List<string> Walk(ref ProduceResponseReader reader)
    {
        List<string> walked = [];
        while (reader.MoveNext())
        {
            ProducedAnswer at = reader.Current;
            walked.Add($"{Text(at.TopicUtf8)} {at.Partition} {at.Error} {at.BaseOffset} {at.LogAppendTimeMs} '{Text(at.MessageUtf8)}'");
        }

        return walked;
    }

    private static List<string> Walk(ref FetchResponseReader reader, ReadOnlySpan<byte> frame)
    {
        List<string> walked = [];
        while (reader.MoveNext())
        {
            FetchedAnswer at = reader.Current;
            List<AbortedTransaction> aborted = [];
            for (int index = 0; index < at.AbortedCount; index++) aborted.Add(at.AbortedAt(index));
            walked.Add(
                $"{Text(at.TopicUtf8)} {at.Partition} {at.Error} {at.HighWatermark} {at.LastStableOffset} {at.LogStartOffset} {at.PreferredReadReplica} "
                + $"{at.DivergingEpoch} {at.DivergingEndOffset} {at.LeaderId} {at.LeaderEpoch} [{string.Join(',', aborted)}] "
                + Convert.ToHexString(frame.Slice(at.RecordsStart, at.RecordsBytes)));
        }

        return walked;
    }

    private static void AssertTold(string? failure, int length) => Assert.False(string.IsNullOrWhiteSpace(failure), $"cut to {length} bytes");

    private static void ForChanged(ReadOnlySpan<byte> frame, Func<byte[], string?> read)
    {
        Random random = new(frame.Length);
        for (int round = 0; round < 20; round++)
        {
            byte[] changed = frame.ToArray();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            _ = read(changed);
        }
    }

    private static string? FailureOfProduce(ReadOnlySpan<byte> frame, short version)
    {
        var reader = new ProduceResponseReader(frame, version);
        while (reader.MoveNext()) _ = reader.Current.MessageUtf8.Length;
        return reader.Failure;
    }

    private static string? FailureOfFetch(ReadOnlySpan<byte> frame, short version)
    {
        var reader = new FetchResponseReader(frame, version);
        while (reader.MoveNext())
        {
            // What it says of the records lies within the frame, whatever the bytes.
            FetchedAnswer at = reader.Current;
            _ = frame.Slice(at.RecordsStart, at.RecordsBytes);
            for (int index = 0; index < at.AbortedCount; index++) _ = at.AbortedAt(index);
        }

        return reader.Failure;
    }

    private static string Line(string topic, FetchResponse.PartitionData partition)
    {
        string aborted = string.Join(',', (partition.AbortedTransactions ?? []).Select(static of =>
            new AbortedTransaction(of.ProducerId, of.FirstOffset)));
        return $"{topic} {partition.PartitionIndex} {partition.ErrorCode} {partition.HighWatermark} {partition.LastStableOffset} {partition.LogStartOffset} "
            + $"{partition.PreferredReadReplica} {partition.DivergingEpoch.Epoch} {partition.DivergingEpoch.EndOffset} "
            + $"{partition.CurrentLeader.LeaderId} {partition.CurrentLeader.LeaderEpoch} [{aborted}] "
            + Convert.ToHexString(partition.Records ?? []);
    }

    // The first record's words that are any, else the partition's.
    private static string Words(ProduceResponse.PartitionProduceResponse partition)
    {
        string? first = partition.RecordErrors.Select(static error => error.BatchIndexErrorMessage).FirstOrDefault(static words => !string.IsNullOrEmpty(words));
        return string.IsNullOrEmpty(partition.ErrorMessage) ? first ?? "" : partition.ErrorMessage;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
