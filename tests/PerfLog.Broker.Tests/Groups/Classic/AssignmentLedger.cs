namespace PerfLog.Broker.Tests.Groups;

/// <summary>
/// Writes down what members were given, and fails when two of one generation were given the same. Partitions are numbers, one
/// byte each.
/// </summary>
internal sealed class AssignmentLedger
{
    private readonly Dictionary<(int Coordinator, int Generation, byte Partition), string> _owners = [];

    /// <param name="coordinator">Which life of the coordinator gave it: a generation that was never written may come again.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="member">Who was given it.</param>
    /// <param name="partitions">What was given.</param>
    public void Note(int coordinator, int generation, string member, byte[] partitions)
    {
        foreach (byte partition in partitions)
        {
            if (_owners.TryAdd((coordinator, generation, partition), member)) continue;
            string other = _owners[(coordinator, generation, partition)];
            Assert.True(other == member, $"Generation {generation} gave partition {partition} to {other} and to {member}.");
        }
    }
}
