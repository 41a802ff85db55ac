using Proto = PerfLog.Benchmarks.Serdes.Protos;

namespace PerfLog.Benchmarks.Serdes;

/// <summary>Different values of each shape, the same in each run, and the same as Protobuf's own types.</summary>
internal static class ShapeValues
{
    private const int Count = 16;
    private const int Lines = 8;
    private static readonly string[] Words =
        ["oak", "harbour", "Copenhagen", "a longer text as people write them", "µ", "north", "Jürgen", "street 17", "systems", "en-GB"];

    public static SmallOrder[] Orders => [.. Enumerable.Range(0, Count).Select(static n => new SmallOrder
    {
        Id = 1_000_000_007L * n, CustomerId = 31_000 + (n * 97), Quantity = 1 + (n % 50), Price = 99.25 + n, PlacedAtMs = 1_790_000_000_000 + n,
        Side = (OrderSide)(n % 2), Symbol = n % 3 == 0 ? "MSFT" : $"SYM{n}.XETR",
    })];

    public static WideProfile[] Profiles => [.. Enumerable.Range(0, Count).Select(static n => new WideProfile
    {
        Id = n, FirstName = Word(n), LastName = Word(n + 1), Email = $"{Word(n)}.{n}@example.com", Phone = $"+45 555 01{n:00}", Street = Word(n + 3),
        City = Word(n + 2), Country = "Denmark", Company = $"{Word(n + 5)} & {Word(n + 8)}", Title = "Engineer", Language = "en-GB",
        Notes = $"{Word(n + 3)}, {Word(n + 4)}, {Word(n + 3)}", Logins = n * 12, Score = n / 3.0, IsActive = n % 2 == 0,
    })];

    public static NestedBasket[] Baskets => [.. Enumerable.Range(0, Count).Select(static n => new NestedBasket
    {
        Id = n, Address = new() { Street = $"{Word(n)} {n}", City = Word(n + 2), ZipCode = 2100 + n },
        Lines = [.. Enumerable.Range(0, Lines).Select(line => new BasketLine { Sku = $"SKU-{n:000}-{line:00000}", Quantity = line + 1, Price = line * 1.25 })],
        Tags = [.. Enumerable.Range(n, 12)], Notes = [Word(n), Word(n + 3), Word(n + 7)],
    })];

    public static Proto.SmallOrder ToProto(SmallOrder from) => new()
    {
        Id = from.Id, CustomerId = from.CustomerId, Quantity = from.Quantity, Price = from.Price, PlacedAtMs = from.PlacedAtMs, Side = (int)from.Side, Symbol = from.Symbol,
    };

    public static Proto.WideProfile ToProto(WideProfile from) => new()
    {
        Id = from.Id, FirstName = from.FirstName, LastName = from.LastName, Email = from.Email, Phone = from.Phone, Street = from.Street, City = from.City,
        Country = from.Country, Company = from.Company, Title = from.Title, Language = from.Language, Notes = from.Notes, Logins = from.Logins,
        Score = from.Score, IsActive = from.IsActive,
    };

    public static Proto.NestedBasket ToProto(NestedBasket from) => new()
    {
        Id = from.Id, Address = new() { Street = from.Address.Street, City = from.Address.City, ZipCode = from.Address.ZipCode },
        Lines = { from.Lines.Select(static line => new Proto.BasketLine { Sku = line.Sku, Quantity = line.Quantity, Price = line.Price }) },
        Tags = { from.Tags }, Notes = { from.Notes },
    };

    private static string Word(int n) => Words[n % Words.Length];
}
