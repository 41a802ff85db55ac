namespace PerfLog.Hashing;

/// <summary>
/// Arithmetic modulo the Castagnoli polynomial, on which checksums are shifted and joined. A number's highest bit is
/// the coefficient of x^0 (the "reflected" order in which the processors' instructions work). All methods are pure.
/// </summary>
internal static class Crc32CPolynomial
{
    /// <summary>The polynomial 0x1EDC6F41 in reflected order, without its x^32.</summary>
    public const uint Castagnoli = 0x82F63B78;

    /// <summary>x^0.</summary>
    public const uint One = 0x80000000;

    public static uint MultiplyByX(uint value) => (value >> 1) ^ ((value & 1) == 0 ? 0 : Castagnoli);

    /// <summary>
    /// Multiplies a number by 64 zero bits, as eight zero bytes that follow a message do to its checksum.
    /// </summary>
    public static uint MultiplyByXTo64(uint value)
    {
        for (int bit = 0; bit < 64; bit++) value = MultiplyByX(value);
        return value;
    }

    public static uint Multiply(uint left, uint right)
    {
        uint product = 0;
        for (uint coefficient = One; coefficient != 0; coefficient >>= 1)
        {
            if ((left & coefficient) != 0) product ^= right;
            right = MultiplyByX(right);
        }

        return product;
    }

    /// <summary>x to the power of <paramref name="exponent"/>, by repeated squaring.</summary>
    public static uint PowerOfX(ulong exponent)
    {
        uint result = One;
        uint square = MultiplyByX(One);
        for (; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) result = Multiply(result, square);
            square = Multiply(square, square);
        }

        return result;
    }
}
