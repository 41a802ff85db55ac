using System.Text;
using Proto = PerfLog.Benchmarks.Serdes.Protos;

namespace PerfLog.Benchmarks.Serdes;

/// <summary>
/// Looks at each field of a value once and adds up what it finds, texts by their length in UTF-8: so that a value that was read and a view
/// do the same work, and must come to the same sum.
/// </summary>
internal static class Sums
{
    public static long Of(SmallOrder order) =>
        order.Id + order.CustomerId + order.Quantity + (long)order.Price + order.PlacedAtMs + (long)order.Side + Length(order.Symbol);

    public static long Of(SmallOrder.View order) =>
        order.Id + order.CustomerId + order.Quantity + (long)order.Price + order.PlacedAtMs + (long)order.Side + order.SymbolUtf8.Length;

    public static long Of(Proto.SmallOrder order) =>
        order.Id + order.CustomerId + order.Quantity + (long)order.Price + order.PlacedAtMs + order.Side + Length(order.Symbol);

    public static long Of(WideProfile profile) =>
        profile.Id + Length(profile.FirstName) + Length(profile.LastName) + Length(profile.Email) + Length(profile.Phone) + Length(profile.Street)
        + Length(profile.City) + Length(profile.Country) + Length(profile.Company) + Length(profile.Title) + Length(profile.Language)
        + Length(profile.Notes) + profile.Logins + (long)profile.Score + (profile.IsActive ? 1 : 0);

    public static long Of(WideProfile.View profile) =>
        profile.Id + profile.FirstNameUtf8.Length + profile.LastNameUtf8.Length + profile.EmailUtf8.Length + profile.PhoneUtf8.Length
        + profile.StreetUtf8.Length + profile.CityUtf8.Length + profile.CountryUtf8.Length + profile.CompanyUtf8.Length + profile.TitleUtf8.Length
        + profile.LanguageUtf8.Length + profile.NotesUtf8.Length + profile.Logins + (long)profile.Score + (profile.IsActive ? 1 : 0);

    public static long Of(Proto.WideProfile profile) =>
        profile.Id + Length(profile.FirstName) + Length(profile.LastName) + Length(profile.Email) + Length(profile.Phone) + Length(profile.Street)
        + Length(profile.City) + Length(profile.Country) + Length(profile.Company) + Length(profile.Title) + Length(profile.Language)
        + Length(profile.Notes) + profile.Logins + (long)profile.Score + (profile.IsActive ? 1 : 0);

    public static long Of(NestedBasket basket)
    {
        long sum = basket.Id + Length(basket.Address.Street) + Length(basket.Address.City) + basket.Address.ZipCode;
        foreach (BasketLine line in basket.Lines) sum += Length(line.Sku) + line.Quantity + (long)line.Price;
        foreach (int tag in basket.Tags) sum += tag;
        foreach (string note in basket.Notes) sum += Length(note);
        return sum;
    }

    public static long Of(NestedBasket.View basket)
    {
        BasketAddress.View address = basket.Address;
        long sum = basket.Id + address.StreetUtf8.Length + address.CityUtf8.Length + address.ZipCode;
        foreach (BasketLine.View line in basket.Lines) sum += line.SkuUtf8.Length + line.Quantity + (long)line.Price;
        foreach (int tag in basket.Tags) sum += tag;
        PerfLog.Records.TextListView notes = basket.Notes;
        for (int index = 0; index < notes.Count; index++) sum += notes[index].Length;
        return sum;
    }

    public static long Of(Proto.NestedBasket basket)
    {
        long sum = basket.Id + Length(basket.Address.Street) + Length(basket.Address.City) + basket.Address.ZipCode;
        foreach (Proto.BasketLine line in basket.Lines) sum += Length(line.Sku) + line.Quantity + (long)line.Price;
        foreach (int tag in basket.Tags) sum += tag;
        foreach (string note in basket.Notes) sum += Length(note);
        return sum;
    }

    private static int Length(string text) => Encoding.UTF8.GetByteCount(text);
}
