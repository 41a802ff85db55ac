namespace PerfLog.Benchmarks.Measuring;

/// <summary>
/// Measures contenders in turn, round after round: whatever slows the machine down for a while slows them all, so that
/// their ratio holds where their absolute figures do not.
/// </summary>
/// <param name="rounds">The rounds that count.</param>
/// <param name="settle">Brings the machine to rest before each measurement.</param>
/// <param name="progress">Is told of each measurement.</param>
/// <param name="warmUpRounds">Go before them, for compilation and caches.</param>
internal sealed class InterleavedRounds(int rounds, Action settle, Action<string> progress, int warmUpRounds = 1)
{
    /// <summary>Whether each round goes through the contenders in the other order than the one before.</summary>
    public bool TurnsOrder { get; init; }

    /// <returns>For each contender, in order, what its rounds gave.</returns>
    public IReadOnlyList<IReadOnlyList<T>> Run<T>(string title, params ReadOnlySpan<Contender<T>> contenders)
    {
        var results = new List<T>[contenders.Length];
        for (int index = 0; index < results.Length; index++) results[index] = [];
        for (int round = 1 - warmUpRounds; round <= rounds; round++)
        {
            progress($"{title}: {(round <= 0 ? "warming up" : $"round {round} of {rounds}")}");
            for (int turn = 0; turn < contenders.Length; turn++)
            {
                int index = TurnsOrder && round % 2 == 1 ? contenders.Length - 1 - turn : turn;
                settle();
                T result = contenders[index].Measure();
                if (round > 0) results[index].Add(result);
            }
        }

        return results;
    }
}
