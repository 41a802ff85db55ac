namespace PerfLog.Hashing;

/// <summary>
/// The three instructions that <see cref="InterleavedCrc32C{TInstructions}"/> is written in. Implementations are
/// structs so that the compiler makes straight machine code for each.
/// </summary>
/// <remarks>The state is a <c>ulong</c> whose upper half is 0: that is what the x64 instruction takes and gives, and
/// narrowing it between steps would lengthen the chain that limits the speed.</remarks>
internal interface ICrc32CInstructions
{
    static abstract bool IsSupported { get; }

    static abstract ulong Step(ulong state, byte value);

    /// <summary>Eight bytes, the lowest first.</summary>
    static abstract ulong Step(ulong state, ulong value);

    /// <summary>The product of two polynomials over GF(2), not reduced.</summary>
    static abstract ulong Multiply(uint left, uint right);
}
