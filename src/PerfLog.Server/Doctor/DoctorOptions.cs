namespace PerfLog.Server.Doctor;

/// <summary>What <c>perflog doctor</c> was asked for.</summary>
/// <param name="Directory">The data directory.</param>
/// <param name="Repair">Whether to change it.</param>
/// <param name="SalvageTo">Where good batches of damaged logs go; null for nowhere.</param>
/// <param name="AsJson">Whether a program reads the answer.</param>
internal sealed record DoctorOptions(string Directory, bool Repair, string? SalvageTo, bool AsJson);
