namespace PerfLog.Broker.Configuration;

/// <summary>How many letters must be put in, taken out or replaced to make one text of another.</summary>
internal static class EditDistance
{
    /// <summary>Names beyond this are no mistyped keys, and comparing them would only cost time.</summary>
    private const int LengthMax = 256;

    public static int Between(ReadOnlySpan<char> from, ReadOnlySpan<char> to)
    {
        if (from.Length > LengthMax || to.Length > LengthMax) return int.MaxValue;
        Span<int> row = stackalloc int[to.Length + 1];
        for (int column = 0; column <= to.Length; column++) row[column] = column;
        for (int line = 1; line <= from.Length; line++)
        {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= to.Length; column++)
            {
                int replaced = diagonal + (from[line - 1] == to[column - 1] ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(replaced, Math.Min(row[column], row[column - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
