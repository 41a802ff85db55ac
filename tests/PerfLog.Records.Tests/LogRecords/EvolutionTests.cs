namespace PerfLog.Records.Tests.LogRecords;

/// <summary>The first version of a type.</summary>
[LogRecord(Name = "tests.customer")]
public partial record CustomerV1([property: Field(1)] int Id, [property: Field(2)] string Name);

/// <summary>The second, with more fields of both kinds.</summary>
[LogRecord(Name = "tests.customer")]
public partial record CustomerV2
{
    [Field(1)] public int Id { get; init; }
    [Field(2)] public string Name { get; init; } = "";
    [Field(3)] public int? Age { get; init; }
    [Field(4)] public List<string> Tags { get; init; } = [];
    [Field(5)] public string? Note { get; init; }
    [Field(6)] public CustomerV1? Parent { get; init; }
}

/// <summary>The third: the name and the age are gone, the note is called otherwise, and there is more.</summary>
[LogRecord(Name = "tests.customer")]
[ReservedField(2, typeof(string))]
[ReservedField(3, typeof(int?))]
public partial record CustomerV3
{
    [Field(1)] public int Id { get; init; }
    [Field(4)] public List<string> Tags { get; init; } = [];
    [Field(5)] public string? Remark { get; init; }
    [Field(6)] public CustomerV1? Parent { get; init; }
    [Field(7)] public decimal Balance { get; init; }
    [Field(8)] public int[] Scores { get; init; } = [];
}

/// <summary>A version that demands what the first did not have.</summary>
[LogRecord(Name = "tests.customer")]
public partial record DemandingCustomer
{
    [Field(1)] public int Id { get; init; }
    [Field(2)] public string Name { get; init; } = "";
    [Field(3)] public required int? Age { get; init; }
}

/// <summary>Goal: each version reads what each other wrote: what it does not know is passed over, what is missing is its default.</summary>
public sealed class EvolutionTests
{
    private static readonly CustomerV1 First = new(7, "Ada");
    private static readonly CustomerV2 Second = new() { Id = 8, Name = "Bo", Age = 30, Tags = ["x", "y"], Note = "note", Parent = First };
    private static readonly CustomerV3 Third = new() { Id = 9, Tags = ["z"], Remark = "remark", Parent = First, Balance = 1.5m, Scores = [1, 2] };

    private static readonly byte[] FirstBytes = RoundTrip.Bytes(CustomerV1.Serde.Instance, First);
    private static readonly byte[] SecondBytes = RoundTrip.Bytes(CustomerV2.Serde.Instance, Second);
    private static readonly byte[] ThirdBytes = RoundTrip.Bytes(CustomerV3.Serde.Instance, Third);

    [Fact]
    public void A_newer_reader_has_defaults_for_what_an_older_writer_did_not_know()
    {
        CustomerV2 second = CustomerV2.Serde.Read(FirstBytes);
        CustomerV3 third = CustomerV3.Serde.Read(FirstBytes);
        CustomerV3 thirdOfSecond = CustomerV3.Serde.Read(SecondBytes);

        Assert.Equal((7, "Ada", null, 0, null, null), (second.Id, second.Name, second.Age, second.Tags.Count, second.Note, second.Parent));
        Assert.Equal((7, 0, null, null, 0m, 0), (third.Id, third.Tags.Count, third.Remark, third.Parent, third.Balance, third.Scores.Length));
        Assert.Equal((8, "note", First, 0m, 0), (thirdOfSecond.Id, thirdOfSecond.Remark, thirdOfSecond.Parent, thirdOfSecond.Balance, thirdOfSecond.Scores.Length));
        Assert.Equal(["x", "y"], thirdOfSecond.Tags);
    }

    [Fact]
    public void An_older_reader_passes_over_what_it_does_not_know()
    {
        CustomerV2 second = CustomerV2.Serde.Read(ThirdBytes);

        Assert.Equal(new CustomerV1(8, "Bo"), CustomerV1.Serde.Read(SecondBytes));
        Assert.Equal((9, "", null, "remark", First), (second.Id, second.Name, second.Age, second.Note, second.Parent));
        Assert.Equal(["z"], second.Tags);
    }

    [Fact]
    public void A_field_that_was_removed_is_empty_for_who_still_reads_it() =>
        Assert.Equal(new CustomerV1(9, ""), CustomerV1.Serde.Read(ThirdBytes));

    [Fact]
    public void A_view_sees_the_same()
    {
        CustomerV3.View newer = CustomerV3.View.Over(FirstBytes);
        CustomerV3.View ofSecond = CustomerV3.View.Over(SecondBytes);
        CustomerV1.View older = CustomerV1.View.Over(SecondBytes);

        Assert.Equal((7, 0, false, null, false, 0m, 0), (newer.Id, newer.Tags.Count, newer.HasRemark, newer.Remark, newer.HasParent, newer.Balance, newer.Scores.Length));
        Assert.Equal((8, 2, "note", "Ada", 0m, 0), (ofSecond.Id, ofSecond.Tags.Count, ofSecond.Remark, ofSecond.Parent.Name, ofSecond.Balance, ofSecond.Scores.Length));
        Assert.Equal((8, "Bo"), (older.Id, older.Name));
    }

    [Fact]
    public void A_record_without_what_its_reader_requires_is_refused_by_name()
    {
        RecordMismatchException refused = Assert.Throws<RecordMismatchException>(() => DemandingCustomer.Serde.Read(FirstBytes));

        Assert.Equal("tests.customer.Age is required, and the record was written without it", refused.Message);
        Assert.Equal(30, DemandingCustomer.Serde.Read(SecondBytes).Age);
    }
}
