using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>How emitted code spells one field: its type, its default, its size, its write and its read.</summary>
internal sealed class FieldCode(StructScope scope, FieldModel field)
{
    private readonly FieldModel _field = field;
    private readonly string _compact = scope.CompactFor(field);

    private PrimitiveType Primitive => PrimitiveType.Of(_field.Type);

    private string Element => _field.IsStruct ? _field.Type : Primitive.CSharp;

    public string Type => (_field.IsArray ? $"List<{Element}>" : Element) + (_field.IsNullable || _field.DefaultsToNull ? "?" : "");

    /// <summary>The literal that a new message holds here.</summary>
    public string Default
    {
        get
        {
            if (_field.DefaultsToNull) return "null";
            if (_field.IsArray) return "[]";
            if (_field.IsStruct) return "new()";
            if (_field.Type == "error" && _field.Default.Length > 0) return $"(ErrorCode)({_field.Default})";
            return _field.Default.Length > 0 ? _field.Default : Primitive.Zero;
        }
    }

    /// <summary>The initializer behind the property; empty where the language gives the same value.</summary>
    public string Initializer =>
        Default is "null" or "0" or "false" or "Uuid.Zero" or "ErrorCode.None" ? "" : $" = {Default};";

    /// <summary>The condition that the property holds its default.</summary>
    public string IsDefault => Default switch
    {
        "null" => $"{_field.Name} is null",
        "[]" when _field.IsArray => _field.IsNullable ? $"{_field.Name} is {{ Count: 0 }}" : $"{_field.Name}.Count == 0",
        "[]" => _field.IsNullable ? $"{_field.Name} is {{ Length: 0 }}" : $"{_field.Name}.Length == 0",
        "new()" => _field.IsNullable ? $"{_field.Name} is {{ IsDefault: true }}" : $"{_field.Name}.IsDefault",
        "false" => $"!{_field.Name}",
        "true" => _field.Name,
        _ => $"{_field.Name} == {Default}",
    };

    public string IsNotDefault => Default switch
    {
        "null" => $"{_field.Name} is not null",
        "false" => _field.Name,
        "[]" when _field.IsArray && !_field.IsNullable => $"{_field.Name}.Count != 0",
        "[]" when !_field.IsNullable => $"{_field.Name}.Length != 0",
        "true" => $"!{_field.Name}",
        "[]" when _field.IsArray => $"{_field.Name} is not {{ Count: 0 }}",
        "[]" => $"{_field.Name} is not {{ Length: 0 }}",
        "new()" => _field.IsNullable ? $"{_field.Name} is not {{ IsDefault: true }}" : $"!{_field.Name}.IsDefault",
        _ => $"{_field.Name} != {Default}",
    };

    public string Size
    {
        get
        {
            if (_field.IsArray) return _field.IsStruct ? $"ElementArray.Size({_field.Name}, version, {_compact})" : $"ValueArray.Size<{Codec}>({_field.Name}, {_compact})";
            if (_field.IsStruct) return _field.IsNullable ? $"1 + ({_field.Name}?.Size(version) ?? 0)" : $"{_field.Name}.Size(version)";
            if (Primitive.IsString) return $"WireSize.String({_field.Name}, {_compact})";
            return Primitive.IsBlock ? $"Block.Size({_field.Name}, {_compact})" : $"{Primitive.Bytes}";
        }
    }

    /// <summary>The least bytes that the field takes, as an expression.</summary>
    public string SizeMin
    {
        get
        {
            if (_field.IsStruct && !_field.IsArray) return _field.IsNullable ? "1" : $"{_field.Type}.SizeMin(version)";
            if (!_field.IsArray && Primitive.Bytes > 0) return $"{Primitive.Bytes}";
            int classic = !_field.IsArray && Primitive.IsString ? 2 : 4;
            return _compact switch { "true" => "1", "false" => $"{classic}", _ => $"compact ? 1 : {classic}" };
        }
    }

    public string Write
    {
        get
        {
            if (_field.IsArray) return _field.IsStruct ? $"ElementArray.Write(ref writer, {_field.Name}, version, {_compact})" : $"ValueArray.Write<{Codec}>(ref writer, {_field.Name}, {_compact})";
            if (_field.IsStruct) return _field.IsNullable ? $"NullableStruct.Write(ref writer, {_field.Name}, version)" : $"{_field.Name}.Write(ref writer, version)";
            if (Primitive.IsString) return $"writer.WriteString({_field.Name}, {_compact})";
            if (Primitive.IsBlock) return $"Block.Write(ref writer, {_field.Name}, {_compact})";
            return $"writer.Write{Primitive.Reader}({(_field.Type == "error" ? "(short)" : "")}{_field.Name})";
        }
    }

    public string Read
    {
        get
        {
            string condition = scope.IfNullable(_field);
            if (!_field.IsNullable || _field.Nullable.Intersect(scope.Present(_field)).IsEmpty) return ReadAs(nullable: false);
            return condition.Length == 0 ? ReadAs(nullable: true) : $"{condition} ? {ReadAs(nullable: true)} : {ReadAs(nullable: false)}";
        }
    }

    private string Codec => $"{Primitive.CSharp}, {Primitive.Reader}Value";

    private string ReadAs(bool nullable)
    {
        string kind = nullable ? "Nullable" : "";
        if (_field.IsArray) return _field.IsStruct ? $"ElementArray.Read{kind}<{_field.Type}>(ref reader, version, {_compact})" : $"ValueArray.Read{kind}<{Codec}>(ref reader, {_compact})";
        if (_field.IsStruct) return nullable ? $"NullableStruct.Read<{_field.Type}>(ref reader, version)" : $"{_field.Type}.Read(ref reader, version)";
        if (Primitive.IsString) return $"reader.Read{kind}String({_compact})";
        if (Primitive.IsBlock) return $"Block.Read{kind}(ref reader, {_compact})";
        return $"{(_field.Type == "error" ? "(ErrorCode)" : "")}reader.Read{Primitive.Reader}()";
    }
}
