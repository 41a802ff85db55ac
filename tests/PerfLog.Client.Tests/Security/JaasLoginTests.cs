using PerfLog.Client.Security;

namespace PerfLog.Client.Tests.Security;

public sealed class JaasLoginTests
{
    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private const string Scram = "org.apache.kafka.common.security.scram.ScramLoginModule";

    [Theory]
    [InlineData(Plain + " required username=\"alice\" password=\"alice-secret\";", "alice", "alice-secret")]
    [InlineData(Scram + "  REQUIRED\tpassword='a b;\"c' username=alice ; ", "alice", "a b;\"c")]
    [InlineData(Scram + " required\n  username=\"a\\\"b\"\n  password=\"c\\\\d=e\";", "a\"b", "c\\d=e")]
    public void Name_and_password_are_read_as_they_stand(string text, string username, string password)
    {
        JaasLogin login = JaasLogin.Parse(text);

        Assert.Equal((username, password), (login.Username, login.Password));
        Assert.Equal(text.StartsWith(Plain, StringComparison.Ordinal), login.IsPlain);
    }

    [Theory]
    [InlineData("", "semicolon")]
    [InlineData(Plain + " required username=\"a\" password=\"SECRET\"", "semicolon")]
    [InlineData(Plain + " required username=\"a\" password=\"SECRET;", "not closed")]
    [InlineData("com.sun.security.auth.module.Krb5LoginModule required password=\"SECRET\";", "PlainLoginModule")]
    [InlineData(Plain + " username=\"a\" password=\"SECRET\";", "'required' must follow")]
    [InlineData(Plain + " required user=\"a\" password=\"SECRET\";", "not 'user'")]
    [InlineData(Plain + " required username password=\"SECRET\";", "not 'username'")]
    public void What_cannot_be_read_is_an_error_that_keeps_the_password_to_itself(string text, string why)
    {
        ClientConfigurationException failure = Assert.Throws<ClientConfigurationException>(() => JaasLogin.Parse(text));

        Assert.Equal("sasl.jaas.config", failure.Option);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", failure.Message, StringComparison.Ordinal);
    }
}
