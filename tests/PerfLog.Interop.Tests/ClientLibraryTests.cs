using Confluent.Kafka;

namespace PerfLog.Interop;

public sealed class ClientLibraryTests
{
    /// <summary>Debian's older library would make every other test prove something else.</summary>
    [Fact]
    public void The_packaged_native_library_is_the_one_in_use() =>
        Assert.StartsWith("2.16.", Library.VersionString);
}
