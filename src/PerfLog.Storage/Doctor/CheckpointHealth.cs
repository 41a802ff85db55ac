namespace PerfLog.Storage.Doctor;

/// <summary>One of the directory's offset files as the doctor read it: its lines, or why it makes no sense.</summary>
internal sealed class CheckpointHealth
{
    private CheckpointHealth(string name, Dictionary<TopicPartition, Offset> offsets, string? damage)
    {
        Name = name;
        Offsets = offsets;
        Damage = damage;
    }

    public string Name { get; }

    public Dictionary<TopicPartition, Offset> Offsets { get; }

    public string? Damage { get; }

    public static CheckpointHealth Read(IStorageDevice device, string directory, string name)
    {
        try
        {
            return new CheckpointHealth(name, new(new OffsetCheckpoint(device, Path.Combine(directory, name)).Read()), null);
        }
        catch (StorageException damage)
        {
            return new CheckpointHealth(name, [], damage.Reason);
        }
    }

    public void Write(IStorageDevice device, string directory) =>
        new OffsetCheckpoint(device, Path.Combine(directory, Name)).Write([.. Offsets.Select(static line => (line.Key, line.Value))], kept: []);
}
