using System.Buffers.Binary;

namespace PerfLog.Broker.Tests.Fuzzing;

/// <summary>Damages a frame in one of the ways that networks, bugs and attackers do. Pure but for the random choice.</summary>
internal static class Mutation
{
    private static readonly int[] TellingNumbers = [0, 1, -1, -2, 127, 128, 255, 256, 32_767, 65_536, int.MaxValue, int.MinValue];

    public static byte[] Of(byte[] frame, IReadOnlyList<byte[]> others, Random random) => random.Next(8) switch
    {
        0 => WithFlippedBits(frame, random),
        1 => Truncated(frame, random),
        2 => WithTrueSize(Truncated(frame, random)),
        3 => WithSize(frame, random),
        4 => WithTrueSize(Spliced(frame, others[random.Next(others.Count)], random)),
        5 => WithNumber(frame, random),
        6 => WithTrueSize(WithRepeatedPart(frame, random)),
        _ => WithTrueSize(WithFlippedBits(WithNumber(frame, random), random)),
    };

    private static byte[] WithFlippedBits(byte[] frame, Random random)
    {
        byte[] changed = [.. frame];
        int flips = 1 + random.Next(4);
        for (int flip = 0; flip < flips; flip++) changed[random.Next(sizeof(int), changed.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private static byte[] Truncated(byte[] frame, Random random) => frame[..random.Next(sizeof(int), frame.Length)];

    private static byte[] WithSize(byte[] frame, Random random)
    {
        byte[] changed = [.. frame];
        BinaryPrimitives.WriteInt32BigEndian(changed, frame.Length - sizeof(int) + random.Next(-20, 20));
        return changed;
    }

    private static byte[] WithNumber(byte[] frame, Random random)
    {
        byte[] changed = [.. frame];
        int number = TellingNumbers[random.Next(TellingNumbers.Length)];
        int position = random.Next(sizeof(int), changed.Length);
        Span<byte> field = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(field, number);
        int width = Math.Min(1 << random.Next(3), changed.Length - position);
        field[^width..].CopyTo(changed.AsSpan(position));
        return changed;
    }

    private static byte[] Spliced(byte[] frame, byte[] other, Random random) =>
        [.. frame[..random.Next(sizeof(int), frame.Length)], .. other[random.Next(sizeof(int), other.Length)..]];

    private static byte[] WithRepeatedPart(byte[] frame, Random random)
    {
        int start = random.Next(sizeof(int), frame.Length);
        int end = random.Next(start, frame.Length);
        return [.. frame[..end], .. frame[start..end], .. frame[end..]];
    }

    private static byte[] WithTrueSize(byte[] frame)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));
        return frame;
    }
}
