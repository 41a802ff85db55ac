namespace PerfLog.Records.Tests.Golden;

/// <summary>Batches as Java's own classes write them: three records (two in the log-append one) of every shape.</summary>
public static class GoldenBatches
{
    public const long BaseTimestamp = 1_700_000_000_000;

    private const string Records =
        "240000000a6b65792d310e76616c75652d310022000a02010476320404683102780468320110000604046b330100";

    public static readonly byte[] Plain = Hex(
        "00000000000000000000005fffffffff02a61198c40000000000020000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff00000003" + Records);

    public static readonly byte[] Transactional = Hex(
        "00000000000003e80000005f00000007028ca9c2510010000000020000018bcfe568000000018bcfe56805000000000000109200030000000a00000003" + Records);

    public static readonly byte[] LogAppend = Hex(
        "000000000000000500000056000000020233f7114e0008000000010000018bcfe568000000018bcfe56be8ffffffffffffffffffffffffffff00000002240000000a6b65792d310e76616c75652d310022000a020104763204046831027804683201");

    public static readonly byte[] Gzip = Hex(
        "000000000000000000000073ffffffff02103ea8b20001000000020000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff000000031f8b08000000000000ff53616060e0ca4eadd435e42b4bcc294dd535645062e062626429336261c93064aa60c930621460606361c936666400000869459e2e000000");

    public static readonly byte[] Snappy = Hex(
        "000000000000000000000075ffffffff02bbfcc2870002000000020000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff0000000382534e41505059000000000100000001000000302eb4" + Records);

    public static readonly byte[] Lz4 = Hex(
        "00000000000000000000006effffffff02ec92d50a0003000000020000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff0000000304224d186040822e000080" + Records + "00000000");

    public static readonly byte[] Zstd = Hex(
        "00000000000000000000006bffffffff02193f70a00004000000020000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff0000000328b52ffd0058700100" + Records + "010000");

    public static readonly byte[] CommitMarker = Hex(
        "000000000000004d000000420000000402720b14a80030000000000000018bcfe56fd00000018bcfe56fd000000000000010920003ffffffff000000012000000008000000010c00000000000900");

    public static readonly byte[] AbortMarker = Hex(
        "000000000000004d0000004200000004028635c2e00030000000000000018bcfe56fd00000018bcfe56fd000000000000010920003ffffffff000000012000000008000000000c00000000000900");

    public static readonly TheoryData<CompressionCodec> Codecs =
        [CompressionCodec.None, CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd];

    public static readonly TestRecord[] Expected =
    [
        new(BaseTimestamp, "key-1", "value-1", []),
        new(BaseTimestamp + 5, null, "v2", [("h1", "x"), ("h2", null)]),
        new(BaseTimestamp + 3, "k3", null, []),
    ];

    public static byte[] Of(CompressionCodec codec) => codec switch
    {
        CompressionCodec.Gzip => Gzip,
        CompressionCodec.Snappy => Snappy,
        CompressionCodec.Lz4 => Lz4,
        CompressionCodec.Zstd => Zstd,
        _ => Plain,
    };

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
