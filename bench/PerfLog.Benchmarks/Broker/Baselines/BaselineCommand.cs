using System.Globalization;

namespace PerfLog.Benchmarks.Broker.Baselines;

/// <summary>"baseline KIND PORT ...": becomes one of the bare servers that the broker is compared with.</summary>
internal static class BaselineCommand
{
    public static Task RunAsync(ReadOnlySpan<string> arguments) => arguments switch
    {
        ["echo", string port] => BaselineServer.RunAsync(Number(port), EchoServer.ServeAsync),
        ["sink", string port, string file, string bytes] =>
            BaselineServer.RunAsync(Number(port), new SinkServer(file, long.Parse(bytes, CultureInfo.InvariantCulture)).ServeAsync),
        ["sendfile", string port, string file] =>
            BaselineServer.RunAsync(Number(port), client => SendFileServer.ServeAsync(client, file)),
        _ => throw new UsageException("baseline echo PORT | sink PORT FILE BYTES | sendfile PORT FILE"),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
