using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Checkpoints;

public sealed class OffsetCheckpointTests
{
    private const string Path = "/data/replication-offset-checkpoint";

    [Fact]
    public void The_file_has_a_version_a_count_and_a_line_for_each_partition()
    {
        FaultyDevice device = NewDevice();

        new OffsetCheckpoint(device, Path).Write([(new TopicPartition("a-b", 3), new Offset(42)), (new TopicPartition("c", 0), new Offset(7))], kept: []);

        Assert.Equal("0\n2\na-b 3 42\nc 0 7\n", AtomicFile.ReadText(device, Path));
        Assert.Equal(new Offset(42), new OffsetCheckpoint(device, Path).Read()[new TopicPartition("a-b", 3)]);
    }

    [Theory]
    [InlineData("", "starts with a version")]
    [InlineData("1\n0\n", "version '1' is unknown")]
    [InlineData("0\n2\na 1 5\n", "line 2 says '2' entries, 1 follow")]
    [InlineData("0\n1\na 1\n", "line 3 has 2 fields instead of 3")]
    [InlineData("0\n1\na x 5\n", "'x' is no number")]
    public void Another_form_is_an_error_that_says_where(string text, string expected)
    {
        FaultyDevice device = NewDevice();
        AtomicFile.Write(device, Path, text);

        StorageException refused = Assert.Throws<StorageException>(() => new OffsetCheckpoint(device, Path).Read());

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crash_at_any_change_leaves_the_old_text_or_the_new()
    {
        for (int changes = 0; changes < 8; changes++)
        {
            FaultyDevice device = NewDevice();
            AtomicFile.Write(device, Path, "old");
            device.ChangesUntilPowerLoss = changes;
            bool isWritten = Record.Exception(() => AtomicFile.Write(device, Path, "new text")) is null;
            device.Crash();

            string? left = AtomicFile.ReadText(device, Path);
            Assert.True(left == "new text" || (left == "old" && !isWritten), $"after {changes} changes: '{left}'");
        }
    }

    private static FaultyDevice NewDevice()
    {
        FaultyDevice device = new(3, TestDirectory.Clock());
        device.CreateDirectory("/data");
        device.FlushDirectory("/data");
        return device;
    }
}
