using PerfLog.Records;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Goal: a record type goes into a log and comes out as it was, whole or in place; what is of another type is named.</summary>
public sealed partial class TypedRecordsTests
{
    private static readonly Reading Roof = new("roof", 21.5, null);

    [Fact]
    public async Task A_record_type_comes_back_whole_and_as_a_view()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        log.Append(7L, Roof);
        Offset last = await log.AppendAsync("k", Roof with { Remark = "warm" }, Acknowledgement.Flushed, new TimestampMs(5));

        List<string> seen = [];
        foreach (RecordView record in log.Read(Offset.Zero))
        {
            Reading.View view = record.ValueView<Reading.View>();
            seen.Add($"{record.Offset} {view.Celsius} {EmbeddedLog.Text(view.SensorUtf8)}");
        }

        Assert.Equal(["0 21.5 roof", "1 21.5 roof"], seen);
        await using IAsyncEnumerator<StoredRecord> follower = log.FollowAsync(Offset.Zero).GetAsyncEnumerator();
        Assert.True(await follower.MoveNextAsync());
        Assert.Equal((7L, Roof), (follower.Current.KeyAs<long>(), follower.Current.ValueAs<Reading>()));
        Assert.True(await follower.MoveNextAsync());
        Assert.Equal((last, new TimestampMs(5), "k", "warm"), (
            follower.Current.Offset, follower.Current.Timestamp, follower.Current.KeyAs<string>(), follower.Current.ValueAs<Reading>()!.Remark));
    }

    [Fact]
    public async Task What_is_null_is_none()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        log.Append<None, Reading?>(default, null);
        await log.SettleAsync();

        Assert.Equal(["0:-=-"], log.ReadAll());
        await using IAsyncEnumerator<StoredRecord> follower = log.FollowAsync(Offset.Zero).GetAsyncEnumerator();
        Assert.True(await follower.MoveNextAsync());
        Assert.Null(follower.Current.ValueAs<Reading>());
    }

    [Fact]
    public async Task Bytes_of_another_type_are_named_with_their_record()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        log.Append("k", "text");
        await log.SettleAsync();
        await using IAsyncEnumerator<StoredRecord> follower = log.FollowAsync(Offset.Zero).GetAsyncEnumerator();
        Assert.True(await follower.MoveNextAsync());

        RecordTypeException whole = Assert.Throws<RecordTypeException>(() => follower.Current.ValueAs<Reading>());
        RecordTypeException inPlace = Assert.Throws<RecordTypeException>(() =>
        {
            foreach (RecordView record in log.Read(Offset.Zero)) record.ValueView<Reading.View>();
        });

        Assert.All([whole, inPlace], static refused => Assert.StartsWith("offset 0, value: ", refused.Message, StringComparison.Ordinal));
        Assert.Contains("tests.reading", whole.Message, StringComparison.Ordinal);
    }

    [LogRecord(Name = "tests.reading")]
    internal sealed partial record Reading(string Sensor, double Celsius, string? Remark);
}
