using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Serdes;

/// <summary>Measures the contenders of one shape, PerfLog first, in turn: forwards in one round, backwards in the next.</summary>
internal static class SerdeFigures
{
    private const int Values = 16;
    private const int QuickRounds = 9;
    private const int FullRounds = 25;
    private const int WarmUps = 12;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(12);

    public static IEnumerable<Figure> Measure(Bench bench, string shape, SerdeContender[] contenders)
    {
        int rounds = ReferenceEquals(bench.Plan, MeasurementPlan.Quick) ? QuickRounds : FullRounds;
        foreach (SerdeTask task in Enum.GetValues<SerdeTask>())
        {
            Samples[] samples = Measure(task, contenders, rounds);
            foreach (int peer in Enumerable.Range(1, contenders.Length - 1).OrderBy(index => samples[index].Median))
            {
                yield return Figure.Of($"{shape}, {Verb(task)}", "ns", samples[0]).Against(contenders[peer].Name, samples[peer])
                    with { Goal = Goal.RatioAtMost(1) };
            }
        }

        foreach (SerdeContender peer in contenders[1..].OrderBy(static peer => peer.RecordBytes))
            yield return new Figure($"{shape}, bytes of a record", contenders[0].RecordBytes, "B") { Limit = peer.Name, LimitValue = peer.RecordBytes };
        foreach (SerdeTask task in new[] { SerdeTask.Write, SerdeTask.Look })
            yield return new Figure($"{shape}, allocated to {Verb(task)}", contenders[0].Allocated(task, 1000, Values), "B") { Goal = Goal.ValueAtMost(0) };
        foreach (SerdeContender peer in contenders[1..])
        {
            yield return new Figure($"{shape}, allocated to read", contenders[0].Allocated(SerdeTask.Read, 1000, Values), "B")
            {
                Limit = peer.Name, LimitValue = peer.Allocated(SerdeTask.Read, 1000, Values),
            };
        }
    }

    private static Samples[] Measure(SerdeTask task, SerdeContender[] contenders, int rounds)
    {
        List<double>[] results = [.. contenders.Select(static _ => new List<double>())];
        int[] times = [.. contenders.Select(contender => WarmUp(task, contender))];
        for (int round = 0; round < rounds; round++)
        {
            GC.Collect();
            for (int turn = 0; turn < contenders.Length; turn++)
            {
                int index = round % 2 == 0 ? turn : contenders.Length - 1 - turn;
                results[index].Add(contenders[index].Measure(task, times[index], Values));
            }
        }

        return [.. results.Select(static values => new Samples(values))];
    }

    // The runtime compiles what runs often a second time, in the background: long enough for that, and for a round's size.
    private static int WarmUp(SerdeTask task, SerdeContender contender)
    {
        int times = 100;
        for (int warmUp = 0; warmUp < WarmUps; warmUp++)
        {
            double nanoseconds = contender.Measure(task, times, Values) * Values;
            times = Math.Max(1, (int)(RoundTime.TotalNanoseconds / nanoseconds));
            Thread.Sleep(TimeSpan.FromMilliseconds(20));
        }

        return times;
    }

    private static string Verb(SerdeTask task) => task switch
    {
        SerdeTask.Write => "write",
        SerdeTask.Read => "read",
        _ => "look at every field",
    };
}
