using System.Runtime.CompilerServices;

namespace PerfLog.Records;

/// <summary>The serde that an assembly registered for one of its types.</summary>
internal static class KnownSerde<T>
{
    private static volatile ISerde<T>? _instance;

    public static ISerde<T>? Instance
    {
        get
        {
            // A type's assembly may not have run yet. Compiled ahead of time, all have.
            if (_instance is null && RuntimeFeature.IsDynamicCodeSupported)
                RuntimeHelpers.RunModuleConstructor(typeof(T).Module.ModuleHandle);
            return _instance;
        }
        set => _instance = value;
    }
}
