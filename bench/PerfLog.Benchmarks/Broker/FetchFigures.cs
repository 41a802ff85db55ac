using System.Buffers.Binary;
using System.Diagnostics;
using PerfLog.Benchmarks.Broker.Baselines;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>How fast a consumer gets what lies in the page cache, against sendfile(2) of the same bytes.</summary>
internal static class FetchFigures
{
    private const string SendFile = "blocking sendfile of the same file, as much at a time";
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
        IReadOnlyList<IReadOnlyList<Transfer>> rounds = bench.TransferRounds().Run(
            "Fetch",
            new Contender<Transfer>("sendfile", () => BySendFile(server, bytes, FetchBytesMax / batchBytes * batchBytes)),
            new Contender<Transfer>("broker", () => ByFetch(broker, topic, bytes, batchBytes)));

        yield return Figure.Of("Fetch of it from the page cache, 1 MiB at a time", "MB/s", Transfer.Speeds(rounds[1]))
            .Against(SendFile, Transfer.Speeds(rounds[0])) with { Goal = Goal.RatioAtLeast(0.9) };
        yield return Figure.Of("The server's processor time for a GiB of it", "ms", Transfer.ServerTimes(rounds[1]))
            .Against(SendFile, Transfer.ServerTimes(rounds[0]));
    }

    private static Transfer BySendFile(ServerProcess server, long bytes, int bytesAtATime)
    {
        using FrameConnection connection = server.Connect();
        return Transfer.Measure(server, bytes, () => TakeBySendFile(connection, bytes, bytesAtATime));
    }

    private static TimeSpan TakeBySendFile(FrameConnection connection, long bytes, int bytesAtATime)
    {
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

        return Stopwatch.GetElapsedTime(began);
    }

    private static Transfer ByFetch(ServerProcess broker, string topic, long bytes, int batchBytes)
    {
        using FrameConnection connection = broker.Connect();
        return Transfer.Measure(broker, bytes, () => TakeByFetch(connection, topic, bytes, batchBytes));
    }

    private static TimeSpan TakeByFetch(FrameConnection connection, string topic, long bytes, int batchBytes)
    {
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

        return Stopwatch.GetElapsedTime(began);
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
