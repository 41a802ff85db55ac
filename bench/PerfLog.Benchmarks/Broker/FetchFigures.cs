using System.Buffers.Binary;
using System.Diagnostics;
using PerfLog.Benchmarks.Broker.Baselines;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>How fast a consumer gets what lies in the page cache, against sendfile(2) of the same bytes.</summary>
internal static class FetchFigures
{
    private const int FetchBytesMax = 1024 * 1024;   // what consumers ask for by default

    /// <param name="bench">The run.</param>
    /// <param name="broker">Holds what <see cref="ProduceFigures"/> produced.</param>
    /// <param name="dataFolder">The broker's.</param>
    /// <param name="topic">The topic produced to.</param>
    public static IEnumerable<Figure> Measure(Bench bench, ServerProcess broker, string dataFolder, string topic)
    {
        string segment = Path.Combine(dataFolder, $"{topic}-0", "00000000000000000000.log");
        int batchBytes = PlainBatch.OfBytes(ProduceFigures.RecordsPerBatch, ProduceFigures.BatchBytes).Length;
        long bytes = Math.Min(bench.Plan.TransferBytes, new FileInfo(segment).Length) / batchBytes * batchBytes;
        using ServerProcess server = bench.StartBaseline("sendfile", segment);
        IReadOnlyList<IReadOnlyList<double>> rounds = bench.DiskRounds().Run(
            "Fetch",
            new Contender<double>("sendfile", () => SendFileMegabytesPerSecond(server, bytes, FetchBytesMax / batchBytes * batchBytes)),
            new Contender<double>("broker", () => FetchMegabytesPerSecond(broker, topic, bytes, batchBytes)));

        yield return Figure.Of("Fetch of it from the page cache, 1 MiB at a time", "MB/s", new Samples(rounds[1]))
            .Against("blocking sendfile of the same file, as much at a time", new Samples(rounds[0]))
            with { Goal = Goal.RatioAtLeast(0.9) };
    }

    private static double SendFileMegabytesPerSecond(ServerProcess server, long bytes, int bytesAtATime)
    {
        using FrameConnection connection = server.Connect();
        Span<byte> request = stackalloc byte[SendFileServer.RequestBytes];
        long began = Stopwatch.GetTimestamp();
        for (long position = 0; position < bytes; position += bytesAtATime)
        {
            int length = (int)Math.Min(bytesAtATime, bytes - position);
            BinaryPrimitives.WriteInt64BigEndian(request, position);
            BinaryPrimitives.WriteInt32BigEndian(request[sizeof(long)..], length);
            connection.Send(request);
            connection.Discard(length);
        }

        return bytes / Stopwatch.GetElapsedTime(began).TotalSeconds / 1e6;
    }

    private static double FetchMegabytesPerSecond(ServerProcess broker, string topic, long bytes, int batchBytes)
    {
        using FrameConnection connection = broker.Connect();
        var request = new FetchFrame(topic, FetchBytesMax);
        long began = Stopwatch.GetTimestamp();
        long fetched = 0;
        while (fetched < bytes)
        {
            connection.Send(request.From(fetched / batchBytes * ProduceFigures.RecordsPerBatch));
            int recordBytes = Receive(connection);
            if (recordBytes < batchBytes) throw new InvalidDataException($"A fetch gave {recordBytes} bytes after {fetched}.");
            fetched += recordBytes / batchBytes * batchBytes;   // the last batch may be cut off: it is fetched again
        }

        return fetched / Stopwatch.GetElapsedTime(began).TotalSeconds / 1e6;
    }

    /// <returns>The bytes of records in the next answer, which are discarded.</returns>
    private static int Receive(FrameConnection connection)
    {
        int answerBytes = connection.ReceiveLength();
        int recordBytes = Answers.Fetched(connection.Peek(Math.Min(answerBytes, Answers.FetchHeadBytesMax)));
        connection.Discard(answerBytes);
        return recordBytes;
    }
}
