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
            List<string> walked = [];
            while (reader.MoveNext())
            {
                ProducedAnswer at = reader.Current;
                walked.Add($"{Text(at.TopicUtf8)} {at.Partition} {at.Error} {at.BaseOffset} {at.LogAppendTimeMs} '{Text(at.MessageUtf8)}'");
            }

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

            Assert.Null(reader.Failure);
            Assert.Equal(version >= 1 ? response.ThrottleTimeMs : 0, reader.ThrottleTimeMs);
            Assert.Equal(version >= 7 ? response.ErrorCode : ErrorCode.None, reader.Error);
            Assert.Equal(version >= 7 ? response.SessionId : 0, reader.SessionId);
            Assert.Equal(response.Responses.SelectMany(topic => topic.Partitions.Select(partition => Line(topic.Topic, partition))), walked);
        });

    /// <summary>Goal: an answer that ends early is found out, and nothing is read past its end.</summary>
    [Property(MaxTest = 10)]
    public void An_answer_cut_off_anywhere_is_a_failure_and_never_an_exception(int seed)
    {
        // In flexible versions the last bytes are tagged fields, which the walks leave alone.
        ForAll<ProduceResponse>(seed, ProduceResponseReader.HighestVersion, static (_, version, frame) =>
        {
            for (int length = 0; length < frame.Length; length++)
            {
                string? failure = FailureOfProduce(frame[..length], version);
                if (version < ProduceResponse.FirstFlexibleVersion) Assert.NotNull(failure);
            }
        });
        ForAll<FetchResponse>(seed, FetchResponseReader.HighestVersion, static (_, version, frame) =>
        {
            for (int length = 0; length < frame.Length; length++)
            {
                string? failure = FailureOfFetch(frame[..length], version);
                if (version < FetchResponse.FirstFlexibleVersion) Assert.NotNull(failure);
            }
        });
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
            byte[] bytes = new byte[ResponseFrame.Size(response, version)];
            var writer = new WireWriter(bytes);
            ResponseFrame.Write(ref writer, response, version, correlationId: 5, bytes.Length);
            rule(response, version, bytes.AsSpan(RequestFrame.LengthBytes));
        }
    }

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
