namespace PerfLog.Server.Demo;

/// <summary>
/// The records of a demo, in order. They are walked twice, once to send them and once to compare what came back, so that
/// none need be kept in memory.
/// </summary>
internal interface IRecordSource
{
    /// <summary>What they are, for people.</summary>
    string Description { get; }

    /// <summary>How much there is to walk, in the unit of <see cref="IRecordCursor.Progress"/>.</summary>
    long Total { get; }

    IRecordCursor Open();
}

/// <summary>One walk over the records. Used by one thread.</summary>
internal interface IRecordCursor : IDisposable
{
    /// <summary>The record moved to last. Valid until the next move.</summary>
    ReadOnlySpan<byte> Current { get; }

    /// <summary>How far the walk is, of <see cref="IRecordSource.Total"/>.</summary>
    long Progress { get; }

    bool MoveNext();
}
