using System.Runtime.InteropServices;

namespace PerfLog.Interop;

/// <summary>Sends signals to processes, as a terminal, an operator or the system does.</summary>
internal static class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <exception cref="InvalidOperationException">The process is not there.</exception>
    public static void Send(int process, int signal)
    {
        if (SendSignal(process, signal) != 0) throw new InvalidOperationException($"Signal {signal} could not be sent.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
