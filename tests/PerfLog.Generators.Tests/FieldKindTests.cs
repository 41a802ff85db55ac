namespace PerfLog.Generators.Tests;

/// <summary>
/// Goal: what is emitted for each kind of field, line by line. A case holds the field's schema and those lines of the
/// emitted class that mention the field.
/// </summary>
public sealed class FieldKindTests
{
    [Theory]
    [InlineData("A: bool 0+ default=true", """
        public bool A { get; set; } = true;
        writer.WriteBoolean(A);
        message.A = reader.ReadBoolean();
        """)]
    [InlineData("A: int8 0+", """
        public sbyte A { get; set; }
        writer.WriteInt8(A);
        message.A = reader.ReadInt8();
        """)]
    [InlineData("A: uint16 1+ ignorable", """
        public ushort A { get; set; }
        if (version >= 1) size += 2;
        if (version >= 1) writer.WriteUInt16(A);
        if (version >= 1) message.A = reader.ReadUInt16();
        """)]
    [InlineData("A: int32 1-2 default=-1", """
        public int A { get; set; } = -1;
        if (version is >= 1 and <= 2) size += 4;
        if (version is >= 1 and <= 2) writer.WriteInt32(A);
        if (version is not (>= 1 and <= 2) && A != -1) throw Misfit.AbsentField(nameof(Thing), nameof(A), version);
        if (version is >= 1 and <= 2) message.A = reader.ReadInt32();
        """)]
    [InlineData("A: uint32 0+", """
        public uint A { get; set; }
        writer.WriteUInt32(A);
        message.A = reader.ReadUInt32();
        """)]
    [InlineData("A: int64 0-1 ignorable", """
        public long A { get; set; }
        if (version <= 1) size += 8;
        if (version <= 1) writer.WriteInt64(A);
        if (version <= 1) message.A = reader.ReadInt64();
        """)]
    [InlineData("A: float64 0+", """
        public double A { get; set; }
        writer.WriteFloat64(A);
        message.A = reader.ReadFloat64();
        """)]
    [InlineData("A: uuid 2 ignorable", """
        public Uuid A { get; set; }
        if (version == 2) size += 16;
        if (version == 2) writer.WriteUuid(A);
        if (version == 2) message.A = reader.ReadUuid();
        """)]
    [InlineData("A: error 0+ default=-1", """
        public ErrorCode A { get; set; } = (ErrorCode)(-1);
        writer.WriteInt16((short)A);
        message.A = (ErrorCode)reader.ReadInt16();
        """)]
    [InlineData("A: string 0+ nullable=1+", """
        public string? A { get; set; } = "";
        size += WireSize.String(A, compact);
        writer.WriteString(A, compact);
        if (version < 1 && A is null) throw Misfit.NullField(nameof(Thing), nameof(A), version);
        message.A = version >= 1 ? reader.ReadNullableString(compact) : reader.ReadString(compact);
        """)]
    [InlineData("A: string 0+ flexible=none", """
        public string A { get; set; } = "";
        size += WireSize.String(A, false);
        writer.WriteString(A, false);
        message.A = reader.ReadString(false);
        """)]
    [InlineData("A: bytes 0+", """
        public byte[] A { get; set; } = [];
        size += Block.Size(A, compact);
        Block.Write(ref writer, A, compact);
        message.A = Block.Read(ref reader, compact);
        """)]
    [InlineData("A: records 0+ nullable=0+", """
        public byte[]? A { get; set; }
        size += Block.Size(A, compact);
        Block.Write(ref writer, A, compact);
        message.A = Block.ReadNullable(ref reader, compact);
        """)]
    [InlineData("A: []int32 0+", """
        public List<int> A { get; set; } = [];
        size += ValueArray.Size<int, Int32Value>(A, compact);
        ValueArray.Write<int, Int32Value>(ref writer, A, compact);
        message.A = ValueArray.Read<int, Int32Value>(ref reader, compact);
        """)]
    [InlineData("A: []Part 0+ nullable=0+ default=null\n    X: int32 0+", """
        public List<Part>? A { get; set; }
        size += ElementArray.Size(A, version, compact);
        ElementArray.Write(ref writer, A, version, compact);
        message.A = ElementArray.ReadNullable<Part>(ref reader, version, compact);
        """)]
    [InlineData("A: Part 0+\n    X: int32 0+", """
        public Part A { get; set; } = new();
        size += A.Size(version);
        A.Write(ref writer, version);
        message.A = Part.Read(ref reader, version);
        """)]
    [InlineData("A: Part 0+ nullable=0+ default=null\n    X: int32 0+", """
        public Part? A { get; set; }
        size += 1 + (A?.Size(version) ?? 0);
        NullableStruct.Write(ref writer, A, version);
        message.A = NullableStruct.Read<Part>(ref reader, version);
        """)]
    [InlineData("A: int32 2+ tag=3 default=7 ignorable", """
        public int A { get; set; } = 7;
        private uint TaggedFieldCount(short version) => (A != 7 ? 1u : 0u);
        if (A != 7) size += TaggedField.Size(3, 4);
        if (A != 7)
        writer.WriteInt32(A);
        A = reader.ReadInt32();
        """)]
    public void A_field_is_emitted_as(string field, string expected)
    {
        string source = SchemaCompilation.Emit($"data Thing versions=0-3 flexible=2+\n  {field}\n", "Thing");

        string[] lines = [.. source.Split('\n')
            .TakeWhile(static line => !line.Contains("class Part", StringComparison.Ordinal))
            .Select(static line => line.Trim())
            .Where(static line => !line.StartsWith("///", StringComparison.Ordinal) && Mentions(line))];

        Assert.Equal(expected.Split('\n').Select(static line => line.Trim()), lines);
    }

    // The field itself, or the size of a field that needs no name.
    private static bool Mentions(string line) =>
        System.Text.RegularExpressions.Regex.IsMatch(line, @"(?<![A-Za-z])A(?![A-Za-z])") || line.EndsWith("size += 2;", StringComparison.Ordinal)
        || line.EndsWith("size += 4;", StringComparison.Ordinal) || line.EndsWith("size += 8;", StringComparison.Ordinal) || line.EndsWith("size += 16;", StringComparison.Ordinal);
}
