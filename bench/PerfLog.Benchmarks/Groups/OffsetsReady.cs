using System.Diagnostics;
using PerfLog.Benchmarks.Broker.Frames;

namespace PerfLog.Benchmarks.Groups;

/// <summary>Has the offsets topic made, and waits until groups can commit.</summary>
internal static class OffsetsReady
{
    private const short FindCoordinatorKey = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void Await(FrameConnection connection, IReadOnlyList<string> groups, string topic)
    {
        long began = Stopwatch.GetTimestamp();
        connection.Send(FrameWriter.Frame(FindCoordinatorKey, 0, flexible: false, "bench", 0, (ref writer) => writer.WriteString(groups[0], compact: false)));
        connection.ReceiveFrame();
        foreach (string group in groups)
        {
            byte[] commit = GroupFrames.Commit(group, topic, 0, 0);
            while (!TryCommit(connection, commit))
            {
                if (Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"Group {group} cannot commit.");
                Thread.Sleep(10);
            }
        }
    }

    private static bool TryCommit(FrameConnection connection, byte[] commit)
    {
        connection.Send(commit);
        try
        {
            GroupFrames.Committed(connection.ReceiveFrame());
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
