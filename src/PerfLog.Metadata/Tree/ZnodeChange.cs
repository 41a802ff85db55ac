using System.Text;

namespace PerfLog.Metadata;

/// <summary>How a node is created.</summary>
[Flags]
public enum ZnodeMode : byte
{
    Persistent = 0,

    /// <summary>The node goes with the session that created it.</summary>
    Ephemeral = 1,

    /// <summary>Ten digits that no sibling has are put behind the name.</summary>
    Sequential = 2,

    EphemeralSequential = Ephemeral | Sequential,
}

/// <summary>One step of a transaction.</summary>
public abstract record ZnodeChange
{
    private ZnodeChange(string path)
    {
        ZnodePath.Require(path);
        Path = path;
    }

    public string Path { get; }

    internal virtual int SizeBytes => Encoding.UTF8.GetByteCount(Path);

    /// <summary>Creates a node below an existing parent.</summary>
    public sealed record Create : ZnodeChange
    {
        public Create(string path, ReadOnlyMemory<byte> data, ZnodeMode mode = ZnodeMode.Persistent)
            : base(path)
        {
            Data = data;
            Mode = mode;
        }

        public ReadOnlyMemory<byte> Data { get; }

        public ZnodeMode Mode { get; }

        internal override int SizeBytes => base.SizeBytes + Data.Length;
    }

    /// <summary>Replaces a node's data if its version is the expected one.</summary>
    public sealed record SetData : ZnodeChange
    {
        public SetData(string path, ReadOnlyMemory<byte> data, ZnodeVersion expected)
            : base(path)
        {
            Data = data;
            Expected = expected;
        }

        public ReadOnlyMemory<byte> Data { get; }

        public ZnodeVersion Expected { get; }

        internal override int SizeBytes => base.SizeBytes + Data.Length;
    }

    /// <summary>Deletes a node without children if its version is the expected one. The root stays.</summary>
    public sealed record Delete : ZnodeChange
    {
        public Delete(string path, ZnodeVersion expected)
            : base(path)
        {
            if (path == ZnodePath.Root) throw new ArgumentException("The root node cannot be deleted.");
            Expected = expected;
        }

        public ZnodeVersion Expected { get; }
    }

    /// <summary>Changes nothing, but lets the transaction fail unless the node has the expected version.</summary>
    public sealed record Check : ZnodeChange
    {
        public Check(string path, ZnodeVersion expected)
            : base(path) =>
            Expected = expected;

        public ZnodeVersion Expected { get; }
    }
}
