using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>
/// One struct within its message, and the questions about versions that all emitters ask. Conditions that hold in every
/// version in which the struct occurs vanish from the emitted code.
/// </summary>
internal class StructScope(MessageModel message, StructModel model)
{
    public MessageModel Message { get; } = message;

    public StructModel Model { get; } = model;

    public bool IsMessage => Model.Name == Message.Name;

    public bool IsEverFlexible => !Message.Flexible.Intersect(Model.Versions).IsEmpty;

    public bool IsAlwaysFlexible => Message.Flexible.Covers(Model.Versions);

    /// <summary>The expression for "this version has compact forms and tag buffers".</summary>
    public string Compact => IsAlwaysFlexible ? "true" : IsEverFlexible ? "compact" : "false";

    public bool HasTags => Model.Fields.Any(static each => each.IsTagged);

    public string CompactFor(FieldModel field) => field.NeverCompact ? "false" : Compact;

    /// <summary>The struct's versions that have the field.</summary>
    public VersionRange Present(FieldModel field) => field.Versions.Intersect(Model.Versions);

    /// <summary>The condition that the field is in the version; empty when it always is.</summary>
    public string If(FieldModel field) => Condition(Present(field), Model.Versions);

    /// <summary>The condition that the version lacks the field; empty when it never does.</summary>
    public string Unless(FieldModel field) => Negate(If(field));

    /// <summary>The condition that the field may be null, among the versions that have it; empty when always.</summary>
    public string IfNullable(FieldModel field) => Condition(field.Nullable.Intersect(Present(field)), Present(field));

    public bool IsSometimesNotNull(FieldModel field) => field.IsNullable && IfNullable(field).Length > 0;

    /// <summary>Declares <c>compact</c> when the code that follows asks for it.</summary>
    public void DeclareCompact(CodeWriter code, bool used)
    {
        if (used && Compact == "compact") code.Line("bool compact = version >= FirstFlexibleVersion;");
    }

    public bool UsesCompact(FieldModel field) =>
        !field.NeverCompact && (field.IsArray || (!field.IsStruct && PrimitiveType.Of(field.Type).Bytes == 0));

    public static string Negate(string condition)
    {
        if (condition.Length == 0) return "";
        if (condition.Contains(" is ")) return condition.Replace(" is ", " is not (") + ")";
        if (condition.Contains(">=")) return condition.Replace(">=", "<");
        return condition.Contains("<=") ? condition.Replace("<=", ">") : condition.Replace("==", "!=");
    }

    private static string Condition(VersionRange range, VersionRange among)
    {
        bool below = range.Low > among.Low, above = range.High < among.High;
        if (below && above) return range.Low == range.High ? $"version == {range.Low}" : $"version is >= {range.Low} and <= {range.High}";
        if (below) return range.Low == among.High ? $"version == {range.Low}" : $"version >= {range.Low}";
        if (above) return range.High == among.Low ? $"version == {range.High}" : $"version <= {range.High}";
        return "";
    }
}
