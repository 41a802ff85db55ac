namespace PerfLog.Hashing;

/// <summary>
/// The factors that move a state past a number of 8-byte words: x^(64 words - 33). Built once, 4 KiB.
/// </summary>
internal static class Crc32CShifts
{
    public const int WordsMax = 1024;

    private static readonly uint[] Factors = BuildFactors();

    public static uint ByWords(int words) => Factors[words];

    private static uint[] BuildFactors()
    {
        var factors = new uint[WordsMax + 1];
        factors[1] = Crc32CPolynomial.PowerOfX(64 - 33);
        for (int words = 2; words <= WordsMax; words++)
        {
            factors[words] = Crc32CPolynomial.MultiplyByXTo64(factors[words - 1]);
        }

        return factors;
    }
}
