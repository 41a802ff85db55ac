namespace PerfLog.Text;

/// <summary>
/// How many letters must be put in, taken out or replaced to make one text of another, to name what somebody meant. Its cost
/// is the product of the lengths. Pure.
/// </summary>
public static class EditDistance
{
    private const int StackMax = 256;

    /// <summary>The distance between two texts; 0 when they are equal.</summary>
    public static int Between(ReadOnlySpan<char> from, ReadOnlySpan<char> to)
    {
        Span<int> row = to.Length <= StackMax ? stackalloc int[to.Length + 1] : new int[to.Length + 1];
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
