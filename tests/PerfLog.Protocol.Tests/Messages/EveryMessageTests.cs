using FsCheck.Xunit;
using PerfLog.Protocol.Tests.Schemas;

namespace PerfLog.Protocol.Tests.Messages;

/// <summary>What holds for every message in every version. FsCheck prints the seed of a failure and shrinks it.</summary>
public sealed class EveryMessageTests
{
    [Fact]
    public void There_is_a_class_for_every_schema() => Assert.InRange(MessageCase.All.Count, 180, 250);

    /// <summary>Goal: the emitted writer agrees with an encoder that is too plain to be wrong, and its size is right.</summary>
    [Property(MaxTest = 8)]
    public void Every_message_writes_what_the_schema_says(int seed) => ForAll(seed, static (of, version, random) =>
    {
        object message = RandomMessage.Create(of, version, random);
        Assert.Equal(Convert.ToHexString(ReferenceEncoder.Encode(message, of.Schema, version)), Convert.ToHexString(of.Write(message, version)));
    });

    [Property(MaxTest = 8)]
    public void Every_message_reads_back_what_it_wrote(int seed) => ForAll(seed, static (of, version, random) =>
    {
        object message = RandomMessage.Create(of, version, random);
        byte[] bytes = of.Write(message, version);
        AssertReads(of, version, bytes, message);
    });

    [Property(MaxTest = 4)]
    public void Unknown_tags_are_passed_over_in_every_struct(int seed) => ForAll(seed, static (of, version, random) =>
    {
        object message = RandomMessage.Create(of, version, random);
        AssertReads(of, version, ReferenceEncoder.Encode(message, of.Schema, version, unknownTags: true), message);
    });

    [Property(MaxTest = 1)]
    public void A_message_cut_off_anywhere_fails_to_read_and_never_throws(int seed) => ForAll(seed, static (of, version, random) =>
    {
        byte[] bytes = of.Write(RandomMessage.Create(of, version, random), version);
        int step = Math.Max(1, bytes.Length / 300);
        for (int length = 0; length < bytes.Length; length += step)
        {
            of.Read(bytes.AsSpan(0, length), version, out string? failure, out _);
            Assert.True(failure is not null, $"cut to {length} of {bytes.Length} bytes");
        }
    });

    [Property(MaxTest = 4)]
    public void A_message_with_changed_bytes_never_throws(int seed) => ForAll(seed, static (of, version, random) =>
    {
        byte[] bytes = of.Write(RandomMessage.Create(of, version, random), version);
        for (int round = 0; round < 5 && bytes.Length > 0; round++)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            of.Read(bytes, version, out _, out int consumed);
            Assert.InRange(consumed, 0, bytes.Length);
        }
    });

    /// <summary>Goal: a version outside the range is refused by both directions, before anything is written or read.</summary>
    [Fact]
    public void Versions_that_do_not_exist_are_refused()
    {
        foreach (MessageCase of in MessageCase.All)
        {
            short unknown = (short)(of.Versions.Last() + 1);
            of.Read(new byte[1000], unknown, out string? failure, out _);
            Assert.NotNull(failure);
            Assert.Throws<InvalidOperationException>(() => of.Write(of.New(), unknown));
        }
    }

    private static void AssertReads(MessageCase of, short version, byte[] bytes, object expected)
    {
        object read = of.Read(bytes, version, out string? failure, out int consumed);
        Assert.Null(failure);
        Assert.Equal(bytes.Length, consumed);
        Assert.Null(Difference.Find(expected, read));
    }

    private static void ForAll(int seed, Action<MessageCase, short, Random> test)
    {
        foreach (MessageCase of in MessageCase.All)
        {
            foreach (short version in of.Versions)
            {
                try
                {
                    test(of, version, new Random(unchecked((seed * 31) + version)));
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException($"{of.Schema} version {version}, seed {seed}: {failure.Message}", failure);
                }
            }
        }
    }
}
