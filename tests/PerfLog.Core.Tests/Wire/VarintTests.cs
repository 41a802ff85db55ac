using FsCheck;
using FsCheck.Xunit;
using PerfLog.Wire;

namespace PerfLog.Core.Tests.Wire;

public sealed class VarintTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(-64, "7f")]
    [InlineData(64, "8001")]
    [InlineData(300, "d804")]
    [InlineData(int.MaxValue, "feffffff0f")]
    [InlineData(int.MinValue, "ffffffff0f")]
    public void Signed_numbers_have_the_bytes_of_the_protocol(int value, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Span<byte> written = stackalloc byte[Varint.MaxBytes32];

        Assert.Equal(bytes, written[..Varint.WriteSigned(written, value)].ToArray());
        Assert.Equal(bytes.Length, Varint.SizeOfSigned(value));
        Assert.Equal(bytes.Length, Varint.ReadSigned(bytes, out int read));
        Assert.Equal(value, read);
        Assert.Equal(value, new WireReader(bytes).ReadVarint());
    }

    [Theory]
    [InlineData(0L, "00")]
    [InlineData(-1L, "01")]
    [InlineData(1099511627776L, "808080808040")]
    [InlineData(long.MaxValue, "feffffffffffffffff01")]
    [InlineData(long.MinValue, "ffffffffffffffffff01")]
    public void Long_signed_numbers_have_the_bytes_of_the_protocol(long value, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Span<byte> written = stackalloc byte[Varint.MaxBytes64];

        Assert.Equal(bytes, written[..Varint.WriteSigned(written, value)].ToArray());
        Assert.Equal(bytes.Length, Varint.SizeOfSigned(value));
        Assert.Equal(bytes.Length, Varint.ReadSigned(bytes, out long read));
        Assert.Equal(value, read);
        Assert.Equal(value, new WireReader(bytes).ReadVarlong());
    }

    [Theory]
    [InlineData(0u, "00")]
    [InlineData(127u, "7f")]
    [InlineData(128u, "8001")]
    [InlineData(16383u, "ff7f")]
    [InlineData(16384u, "808001")]
    [InlineData(uint.MaxValue, "ffffffff0f")]
    public void Unsigned_numbers_have_the_bytes_of_the_protocol(uint value, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Span<byte> written = stackalloc byte[Varint.MaxBytes32];

        Assert.Equal(bytes, written[..Varint.Write(written, value)].ToArray());
        Assert.Equal(bytes.Length, Varint.SizeOf(value));
        Assert.Equal(bytes.Length, Varint.Read(bytes, out uint read));
        Assert.Equal(value, read);
        Assert.Equal(value, new WireReader(bytes).ReadUnsignedVarint());
    }

    [Property]
    public void What_is_written_reads_back_and_takes_its_stated_size(DoNotSize<long> value)
    {
        Span<byte> bytes = stackalloc byte[Varint.MaxBytes64];
        int written = Varint.WriteSigned(bytes, value.Item);

        Assert.Equal(Varint.SizeOfSigned(value.Item), written);
        Assert.Equal(written, Varint.ReadSigned(bytes[..written], out long read));
        Assert.Equal(value.Item, read);
        Assert.Equal(0, Varint.ReadSigned(bytes[..(written - 1)], out long _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("ffffffff")]
    [InlineData("ffffffff1f")]
    [InlineData("ffffffffff01")]
    [InlineData("8080808080808080808001")]
    public void Cut_off_and_overlong_numbers_fail_and_stay_failed(string hex)
    {
        var reader = new WireReader(Convert.FromHexString(hex));

        Assert.Equal(0u, reader.ReadUnsignedVarint());
        Assert.True(reader.Failed);
        Assert.Equal((0, 0L, 0, 0), (reader.ReadVarint(), reader.ReadVarlong(), reader.ReadByte(), reader.Remaining));
    }

    [Fact]
    public void A_long_number_of_more_than_64_bits_fails()
    {
        var reader = new WireReader(Convert.FromHexString("ffffffffffffffffff02"));

        Assert.Equal(0L, reader.ReadVarlong());
        Assert.True(reader.Failed);
    }
}
