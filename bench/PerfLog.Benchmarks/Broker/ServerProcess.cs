using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using PerfLog.Benchmarks.Broker.Frames;

namespace PerfLog.Benchmarks.Broker;

/// <summary>A server in a process of its own, on a free loopback port: the broker or a baseline. Ended by disposing.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly long _began;

    private ServerProcess(Process process, int port, long began)
    {
        _process = process;
        _began = began;
        Endpoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint Endpoint { get; }

    public TimeSpan Age => Stopwatch.GetElapsedTime(_began);

    /// <param name="arguments">Made from the port that the server is to listen on.</param>
    public static ServerProcess Start(string program, Func<int, IEnumerable<string>> arguments)
    {
        int port = FreePort();
        var start = new ProcessStartInfo(program, arguments(port))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        long began = Stopwatch.GetTimestamp();
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
        var server = new ServerProcess(process, port, began);
        server.CollectLog();
        return server;
    }

    /// <summary>Connects as soon as the server accepts.</summary>
    public FrameConnection Connect()
    {
        while (true)
        {
            try
            {
                return FrameConnection.Open(Endpoint);
            }
            catch (SocketException) when (!_process.HasExited && Age < StartLimit)
            {
                Thread.Sleep(1);
            }
            catch (SocketException failure)
            {
                throw new InvalidOperationException($"{_process.StartInfo.FileName} does not accept connections.\n{Log()}", failure);
            }
        }
    }

    /// <summary>The memory that the process holds now, files mapped into it included.</summary>
    public double ResidentMegabytes()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1e6;
    }

    /// <summary>What all threads of the process have run so far, in the kernel's nanoseconds; those that ended do not count.</summary>
    public TimeSpan ProcessorTime()
    {
        long nanoseconds = 0;
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{_process.Id}/task"))
        {
            nanoseconds += RunTime(thread);
        }

        return TimeSpan.FromMicroseconds(nanoseconds / 1e3);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            SendSignal(_process.Id, SigTerm);
            if (!_process.WaitForExit(StopLimit)) _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static long RunTime(string thread)
    {
        try
        {
            return long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0]);
        }
        catch (IOException)
        {
            return 0;   // the thread ended meanwhile
        }
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private void CollectLog()
    {
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Append(string? line)
    {
        lock (_log) _log.AppendLine(line);
    }

    private string Log()
    {
        lock (_log) return _log.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
