using System.Runtime.InteropServices;

namespace PerfLog.Server;

/// <summary>
/// Turns the first SIGINT or SIGTERM into a cancellation, so that work ends cleanly. The second is left to the system,
/// which ends the process at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _received;

    public StopSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive),
        ];
    }

    public CancellationToken Token => _stopping.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _stopping.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _received) > 1) return;
        context.Cancel = true;
        // On a thread of its own, because what is cancelled may run for a while and the next signal must come through.
        _ = _stopping.CancelAsync();
    }
}
