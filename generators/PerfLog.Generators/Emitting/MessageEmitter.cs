using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>Emits a message's class, with the classes of its structs inside.</summary>
internal static class MessageEmitter
{
    public static string Emit(MessageModel message)
    {
        CodeWriter code = CodeWriter.File("PerfLog.Protocol.Messages");
        StructScope scope = new(message, message.Structs[0]);
        code.Line($"/// <summary>{Summary(message)}, {message.Versions.InWords()}.</summary>");
        code.Open($"public sealed class {message.Name} : {Interfaces(message)}");
        EmitVersions(message, code);
        StructEmitter.Emit(scope, code);
        foreach (StructModel nested in message.Structs.Skip(1)) EmitNested(new StructScope(message, nested), code);
        code.Close();
        return code.ToString();
    }

    private static string Summary(MessageModel message) => message.Kind switch
    {
        "request" => $"The request of the {message.ApiName} api",
        "response" => $"The response of the {message.ApiName} api",
        "key" => $"The key of a record of type {message.Number}",
        "value" => $"The value of a record of type {message.Number}",
        _ => $"The {message.Name} structure",
    };

    private static string Interfaces(MessageModel message)
    {
        string first = message.Kind switch { "request" => "IRequestMessage", "response" => "IResponseMessage", _ => "IProtocolMessage" };
        return $"{first}, IReadable<{message.Name}>";
    }

    private static void EmitVersions(MessageModel message, CodeWriter code)
    {
        string flexible = message.Flexible.IsEmpty ? "short.MaxValue" : $"{message.Flexible.Low}";
        code.Line($"public const short LowestVersion = {message.Versions.Low};");
        code.Line($"public const short HighestVersion = {message.Versions.High};");
        code.Line($"public const short FirstFlexibleVersion = {flexible};");
        if (message.Kind is "key" or "value") code.Line($"public const short RecordType = {message.Number};");
        code.Blank();
        if (message.IsApi) code.Line($"public static ApiKey ApiKey => ApiKey.{message.ApiName};");
        if (message.IsApi) code.Blank();
        code.Line("public static MessageVersions Versions => new(LowestVersion, HighestVersion, FirstFlexibleVersion);");
        code.Blank();
    }

    private static void EmitNested(StructScope scope, CodeWriter code)
    {
        code.Line($"/// <summary>A part of <see cref=\"{scope.Message.Name}\"/>, {scope.Model.Versions.InWords()}.</summary>");
        code.Open($"public sealed class {scope.Model.Name} : IMessageElement<{scope.Model.Name}>");
        StructEmitter.Emit(scope, code);
        code.Close();
    }
}
