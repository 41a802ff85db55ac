using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>A struct as its view in place sees it.</summary>
internal sealed class ViewScope(MessageModel message, StructModel model) : StructScope(message, model)
{
    public string ViewName => IsMessage ? Message.Name + "View" : Model.Name;
}
