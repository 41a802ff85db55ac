namespace PerfLog.Storage.Tests.Devices;

/// <summary>Devices that the machine must have: a test that was left out for the lack of one would look like a good one.</summary>
internal static class RealDevices
{
    public static IoUringDevice IoUring(DirectLayout? layout = null) =>
        IoUringDevice.TryCreate(layout ?? DirectLayout.Default, out IoUringDevice? device, out string? refusal)
            ? device
            : throw new InvalidOperationException($"The tests need io_uring: {refusal}");
}
