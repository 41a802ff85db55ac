using System.Text;
using FsCheck.Xunit;
using PerfLog.Hashing;

namespace PerfLog.Records.Tests.LogRecords;

/// <summary>A key of several parts.</summary>
[PartitionKey]
public readonly partial record struct DeviceKey(string Tenant, Guid Site, int Device, Side Side, string Channel);

/// <summary>A key of one number.</summary>
[PartitionKey]
public partial record struct AccountId(long Value);

/// <summary>A key of one text.</summary>
[PartitionKey]
public partial record Region(string Name);

/// <summary>Goal: a key's bytes are its parts and nothing else, so that they decide the same partition for ever and for Java, too.</summary>
public sealed class PartitionKeyTests
{
    [Property]
    public void A_key_comes_back(string tenant, Guid site, int device, bool buy, string channel)
    {
        DeviceKey key = new(LogRecordTests.Valid(tenant), site, device, buy ? Side.Buy : Side.Sell, LogRecordTests.Valid(channel));

        Assert.Equal(key, RoundTrip.Of(DeviceKey.Serde.Instance, key));
    }

    [Fact]
    public void A_keys_bytes_are_its_parts_one_behind_the_other()
    {
        DeviceKey key = new("é", new Guid("00112233-4455-6677-8899-aabbccddeeff"), 258, Side.Sell, "c1");

        Assert.Equal("0002C3A900112233445566778899AABBCCDDEEFF00000102026331", Convert.ToHexString(RoundTrip.Bytes(DeviceKey.Serde.Instance, key)));
    }

    [Property]
    public void A_key_of_one_number_or_text_lands_where_its_own_type_would(long number, string text)
    {
        text = LogRecordTests.Valid(text);

        Assert.Equal(RoundTrip.Bytes(Serdes.Int64, number), RoundTrip.Bytes(AccountId.Serde.Instance, new AccountId(number)));
        Assert.Equal(Murmur2.Compute(Encoding.UTF8.GetBytes(text)), Murmur2.Compute(RoundTrip.Bytes(Region.Serde.Instance, new Region(text))));
    }

    [Fact]
    public void Bytes_that_are_no_such_key_are_refused_by_name()
    {
        byte[] bytes = RoundTrip.Bytes(AccountId.Serde.Instance, new AccountId(1));

        Assert.Equal("AccountId.Value needs 8 bytes, and 7 are left", Assert.Throws<RecordMismatchException>(() => AccountId.Serde.Instance.Deserialize(bytes.AsMemory(1))).Message);
        Assert.Equal("AccountId is followed by 8 bytes that are no part of it", Assert.Throws<RecordMismatchException>(() => AccountId.Serde.Instance.Deserialize((byte[])[.. bytes, .. bytes])).Message);
    }

    [Fact]
    public void A_record_names_its_key_and_types_know_their_serdes()
    {
        IKeyed<string> keyed = LogRecordTests.SomeTrade(5);

        Assert.Equal("S5", keyed.PartitionKey);
        Assert.Same(Trade.Serde.Instance, Serdes.Of<Trade>());
        Assert.Same(DeviceKey.Serde.Instance, Serdes.Of<DeviceKey>());
        Assert.Same(Payment.Serde.Instance, Serdes.Of<Payment>());
        Assert.Throws<NotSupportedException>(Serdes.Of<Barter>);
    }
}
