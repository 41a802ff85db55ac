namespace PerfLog.Metadata;

/// <summary>What an operation on the catalog answered: a value, or the wire error with a sentence for people.</summary>
public readonly record struct CatalogResult<T>(ErrorCode Error, string? Message, T? Value)
    where T : class
{
    public bool Succeeded => Error == ErrorCode.None;
}

public static class CatalogResult
{
    public static CatalogResult<T> Of<T>(T value)
        where T : class =>
        new(ErrorCode.None, null, value);

    public static CatalogResult<T> Failed<T>(ErrorCode error, string message)
        where T : class =>
        new(error, message, null);
}
