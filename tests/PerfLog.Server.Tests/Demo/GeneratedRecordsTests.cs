using System.Text;
using PerfLog.Server.Demo;

namespace PerfLog.Server.Tests.Demo;

public sealed class GeneratedRecordsTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(50, 1)]
    [InlineData(50, 13)]
    [InlineData(50, 100)]
    public void There_are_as_many_as_asked_of_the_size_asked_and_the_same_each_time(int count, int recordBytes)
    {
        string[] first = Read(count, recordBytes);

        Assert.Equal(count, first.Length);
        Assert.All(first, record => Assert.Equal(recordBytes, record.Length));
        Assert.Equal(first, Read(count, recordBytes));
    }

    [Fact]
    public void Each_starts_with_its_number_and_no_two_are_alike()
    {
        string[] records = Read(1000, 100);

        Assert.StartsWith("000000000999 ", records[999]);
        Assert.Equal(1000, records.Select(static record => record[13..]).Distinct().Count());
    }

    private static string[] Read(int count, int recordBytes)
    {
        using IRecordCursor cursor = new GeneratedRecords(count, recordBytes).Open();
        List<string> records = [];
        while (cursor.MoveNext()) records.Add(Encoding.ASCII.GetString(cursor.Current));
        return [.. records];
    }
}
