namespace PerfLog.Server.Dump;

/// <summary>Shows one file of a log's folder by what its name says it is.</summary>
internal sealed class FileDump(DumpOptions options, DumpReport report)
{
    private const string Kinds = ".log, .index, .timeindex, .txnindex or .snapshot";

    /// <exception cref="CommandException">The file is missing or is none of a log's.</exception>
    public void Dump(string path)
    {
        if (Directory.Exists(path)) throw new CommandException($"{path} is a folder. Name files in it: {Kinds}.");
        if (!File.Exists(path)) throw new CommandException($"{path} does not exist.");
        report.Output.WriteLine($"Dumping {path}");
        switch (LogFiles.KindOf(path))
        {
            case LogFiles.Log: new LogDump(options, report).Dump(path); break;
            case LogFiles.OffsetIndex: new OffsetIndexDump(options, report).Dump(path); break;
            case LogFiles.TimeIndex: new TimeIndexDump(options, report).Dump(path); break;
            case LogFiles.TransactionIndex: new TransactionIndexDump(options, report).Dump(path); break;
            case LogFiles.ProducerSnapshot: new ProducerSnapshotDump(options, report).Dump(path); break;
            default: throw new CommandException($"{path} is no file of a log: its name should end with {Kinds}.");
        }
    }
}
