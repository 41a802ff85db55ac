using PerfLog.Wire;

namespace PerfLog.Protocol;

/// <summary>The versions of a message, and the first of them that is flexible: compact forms and tag buffers.</summary>
/// <param name="FirstFlexible"><see cref="short.MaxValue"/> when none is.</param>
public readonly record struct MessageVersions(short Lowest, short Highest, short FirstFlexible)
{
    public bool Contains(short version) => version >= Lowest && version <= Highest;

    public bool IsFlexible(short version) => version >= FirstFlexible;

    /// <summary>Refuses to write a version that does not exist.</summary>
    public void Require(short version, string message)
    {
        if (!Contains(version)) throw new InvalidOperationException($"{message} has versions {Lowest} to {Highest}, not {version}.");
    }

    /// <summary>Fails the reader when the version does not exist.</summary>
    public void Require(short version, ref WireReader reader)
    {
        if (!Contains(version)) reader.Fail("the version is unknown");
    }
}
