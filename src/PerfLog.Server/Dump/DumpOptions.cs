namespace PerfLog.Server.Dump;

/// <summary>What <c>dump-log</c> shows and checks.</summary>
internal sealed record DumpOptions
{
    /// <summary>Walk into the batches and show each record.</summary>
    public bool ShowRecords { get; init; }

    /// <summary>Show keys and values of the records too.</summary>
    public bool ShowData { get; init; }

    /// <summary>Check an index by itself and show nothing of it.</summary>
    public bool IndexSanityOnly { get; init; }

    /// <summary>Check an index against its log and show nothing of it.</summary>
    public bool VerifyIndexOnly { get; init; }

    public bool ShowIndexEntries => !IndexSanityOnly && !VerifyIndexOnly;
}
