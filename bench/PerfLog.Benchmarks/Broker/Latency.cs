using System.Diagnostics;
using HdrHistogram;
using PerfLog.Benchmarks.Broker.Frames;

namespace PerfLog.Benchmarks.Broker;

/// <summary>How long single requests take from sending to the whole answer, in microseconds.</summary>
internal readonly record struct Latency(double P50, double P99)
{
    private const long HighestNanoseconds = 60_000_000_000;
    private const int Digits = 3;

    /// <summary>Sends one request after the other, each after the answer to the one before.</summary>
    public static Latency Measure(
        FrameConnection connection, byte[] request, int requests, PipelinedSending.AnswerCheck check)
    {
        var histogram = new LongHistogram(1, HighestNanoseconds, Digits);
        for (int index = 0; index < requests; index++)
        {
            long began = Stopwatch.GetTimestamp();
            connection.Send(request);
            ReadOnlySpan<byte> answer = connection.ReceiveFrame();
            histogram.RecordValue((long)Stopwatch.GetElapsedTime(began).TotalNanoseconds);
            check(answer);
        }

        return new Latency(histogram.GetValueAtPercentile(50) / 1e3, histogram.GetValueAtPercentile(99) / 1e3);
    }
}
