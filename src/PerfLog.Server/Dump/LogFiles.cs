namespace PerfLog.Server.Dump;

/// <summary>The files of a segment, told apart by their names.</summary>
internal static class LogFiles
{
    public const string Log = ".log";
    public const string OffsetIndex = ".index";
    public const string TimeIndex = ".timeindex";
    public const string TransactionIndex = ".txnindex";
    public const string ProducerSnapshot = ".snapshot";

    /// <summary>What the file holds. A file taken out of its log (<c>.deleted</c> and the like) holds what it held before.</summary>
    public static string KindOf(string path)
    {
        string kind = Path.GetExtension(path);
        return kind is ".deleted" or ".cleaned" or ".swap" ? Path.GetExtension(Path.GetFileNameWithoutExtension(path)) : kind;
    }

    /// <summary>The offset that the name gives, 20 digits.</summary>
    public static bool TryBaseOffset(string path, out Offset baseOffset)
    {
        string name = Path.GetFileName(path);
        int digits = name.IndexOf('.');
        bool named = long.TryParse(digits < 0 ? name : name[..digits], out long value) && value >= 0;
        baseOffset = new Offset(value);
        return named;
    }

    /// <summary>The log beside an index.</summary>
    public static string LogBeside(string indexPath)
    {
        string name = Path.GetFileName(indexPath);
        return Path.Combine(Path.GetDirectoryName(indexPath) ?? "", name[..name.IndexOf('.')] + Log);
    }
}
