using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Protocol.Tests.Messages;

public sealed class AbsentFieldTests
{
    [Fact]
    public void A_value_that_a_version_cannot_hold_is_an_error_that_names_it()
    {
        ProduceRequest request = new() { TransactionalId = "t" };

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Write(request, 2));

        Assert.Contains("ProduceRequest.TransactionalId", error.Message, StringComparison.Ordinal);
        Assert.Contains("version 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_deep_inside_names_its_message_too()
    {
        FetchRequest request = new() { Topics = [new() { Partitions = [new() { LastFetchedEpoch = 3 }] }] };

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Write(request, 11));

        Assert.Contains("FetchRequest.FetchPartition.LastFetchedEpoch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_may_be_ignored_is_dropped_in_silence()
    {
        FetchRequest request = new() { MaxBytes = 5, SessionId = 7, RackId = "r" };

        FetchRequest read = Read(Write(request, 2), 2);

        Assert.Equal(int.MaxValue, read.MaxBytes);
        Assert.Equal(0, read.SessionId);
        Assert.Equal(-1, read.SessionEpoch);
        Assert.Equal("", read.RackId);
    }

    [Fact]
    public void Null_in_a_version_that_does_not_allow_it_is_an_error_that_names_it()
    {
        MetadataRequest request = new() { Topics = null };

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Write(request, 0));

        Assert.Contains("MetadataRequest.Topics", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Write(request, 1));
    }

    [Fact]
    public void A_count_that_the_frame_cannot_hold_reserves_no_memory()
    {
        byte[] frame = [0x7f, 0xff, 0xff, 0xf0, .. new byte[100]];
        long before = GC.GetAllocatedBytesForCurrentThread();

        WireReader reader = new(frame);
        MetadataRequest.Read(ref reader, 1);

        Assert.True(reader.Failed);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Fact]
    public void A_tagged_field_whose_size_lies_is_refused()
    {
        ApiVersionsResponse response = new() { FinalizedFeaturesEpoch = 12 };
        byte[] bytes = Write(response, 3);

        // The last ten bytes: tag 1, size 8, the value.
        bytes[^9] = 7;
        WireReader reader = new(bytes);
        ApiVersionsResponse.Read(ref reader, 3);

        Assert.Contains("tagged", reader.Failure, StringComparison.Ordinal);
    }

    private static byte[] Write(IProtocolMessage message, short version)
    {
        byte[] bytes = new byte[message.Size(version)];
        WireWriter writer = new(bytes);
        message.Write(ref writer, version);
        return bytes;
    }

    private static FetchRequest Read(byte[] bytes, short version)
    {
        WireReader reader = new(bytes);
        FetchRequest request = FetchRequest.Read(ref reader, version);
        Assert.False(reader.Failed);
        return request;
    }
}
