using System.Security.Cryptography;
using System.Text;
using PerfLog.Protocol.Authentication;

namespace PerfLog.Protocol.Tests.Authentication;

public sealed class ScramExchangeTests
{
    private const string Nonce = "rOprNGfwEbeRWgbNEkqO";
    private const string Challenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private const string Final = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=";

    /// <summary>RFC 5802, section 5; RFC 7677, section 3; the others were computed with Python's hashlib, which yields the first two as well.</summary>
    [Theory]
    [InlineData(
        "SHA1", "user", "pencil", "fyko+d2lbbFgONRv9qkxdawL", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")]
    [InlineData(
        "SHA256", "user", "pencil", Nonce, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO", Challenge,
        Final + "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")]
    [InlineData(
        "SHA512", "user", "pencil", Nonce, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO", Challenge,
        Final + "gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
        "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==")]
    [InlineData(
        "SHA512", "a=b,c", "pässword", "clientnonce", "n,,n=a=3Db=2Cc,r=clientnonce", "r=clientnonceservernonce,s=AAECAwQFBgcICQoLDA0ODw==,i=8192",
        "c=biws,r=clientnonceservernonce,p=WnZr66Jkkz4D0fUghTvG12vIrJCu+DNjcbs/LTJWI8g9NCGEkeNy555wyWN49LhdHfUy4+mCYbqCXYMcifUlIQ==",
        "v=HREWKGAZnJLgrQd+z3rV0udR8UhwA/ubbahylOm1nFM8+ZHhi+54OCf63XHI2eazGHegvO63dKRw+as8F4Ff+Q==")]
    public void The_dialogue_is_that_of_the_standard(
        string hash, string user, string password, string nonce, string first, string challenge, string final, string outcome)
    {
        ScramExchange exchange = new(new HashAlgorithmName(hash), user, password, nonce);

        Assert.Equal(first, Text(exchange.Begin()));
        Assert.Equal(final, Text(exchange.Answer(Encoding.UTF8.GetBytes(challenge))));
        Assert.Null(exchange.Answer(Encoding.UTF8.GetBytes(outcome)));
    }

    [Fact]
    public void A_broker_that_does_not_know_the_password_is_refused()
    {
        ScramExchange exchange = Begun();
        exchange.Answer(Encoding.UTF8.GetBytes(Challenge));

        Assert.Contains("does not know the password", Refusal(exchange, "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "nonce")]
    [InlineData("r=somebodyElse,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "nonce")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOmore,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095", "4096 to 1000000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOmore,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000001", "4096 to 1000000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOmore,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-4096", "4096 to 1000000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOmore,s=W22Z*,i=4096", "Base64")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOmore,s=,i=4096", "Base64")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOmore,s=W22ZaJ0SNY7soEsUEjb6gQ==", "lacks 'i='")]
    [InlineData("m=must,r=rOprNGfwEbeRWgbNEkqOmore,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "lacks 'r='")]
    [InlineData("", "lacks 'r='")]
    [InlineData("e=unknown-user", "unknown-user")]
    public void A_challenge_that_cannot_be_met_safely_is_refused(string challenge, string why) =>
        Assert.Contains(why, Refusal(Begun(), challenge), StringComparison.Ordinal);

    [Theory]
    [InlineData("e=invalid-proof", "invalid-proof")]
    [InlineData("", "lacks 'v='")]
    public void An_outcome_without_a_signature_is_refused(string outcome, string why)
    {
        ScramExchange exchange = Begun();
        exchange.Answer(Encoding.UTF8.GetBytes(Challenge));

        Assert.Contains(why, Refusal(exchange, outcome), StringComparison.Ordinal);
    }

    [Fact]
    public void Nonces_are_never_the_same_and_hold_no_comma()
    {
        string[] nonces = [.. Enumerable.Range(0, 100).Select(static _ => Scram.NewNonce())];

        Assert.Equal(nonces.Length, nonces.Distinct().Count());
        Assert.All(nonces, static nonce => Assert.DoesNotContain(',', nonce));
    }

    private static ScramExchange Begun()
    {
        ScramExchange exchange = new(HashAlgorithmName.SHA256, "user", "pencil", Nonce);
        exchange.Begin();
        return exchange;
    }

    private static string Refusal(ScramExchange exchange, string token) =>
        Assert.Throws<FormatException>(() => exchange.Answer(Encoding.UTF8.GetBytes(token))).Message;

    private static string? Text(byte[]? token) => token is null ? null : Encoding.UTF8.GetString(token);
}
