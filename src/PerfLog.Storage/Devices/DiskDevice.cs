namespace PerfLog.Storage;

/// <summary>The device for this machine's disks. It is the process's: nobody disposes it.</summary>
public static class DiskDevice
{
    private static readonly Lazy<IStorageDevice> ForProcess = new(Choose);

    /// <summary>
    /// With io_uring where the kernel allows it, else without. What it is, and why there is no io_uring, is its
    /// <see cref="IStorageDevice.Name"/>, which a log directory reports when it is opened.
    /// </summary>
    public static IStorageDevice Shared => ForProcess.Value;

    private static IStorageDevice Choose() =>
        IoUringDevice.TryCreate(out IoUringDevice? device, out string? refusal) ? device : new VectoredDevice(refusal);
}
