namespace RelayCluster.Host.Tests.Configuration;

public sealed class UnknownKeysTests
{
    [Theory]
    [InlineData("relay.ws-prot = 1", "my.conf:1:17: there is no option relay.ws-prot; perhaps relay.ws-port was meant")]
    [InlineData("relay.dth.port = 1", "my.conf:1:18: there is no option relay.dth; perhaps relay.dht was meant")]
    [InlineData("rely.ws-port = 1", "my.conf:1:16: there is no option rely; perhaps relay was meant")]
    [InlineData("ws-port = 1", "my.conf:1:11: there is no option ws-port; perhaps relay.ws-port was meant")]
    [InlineData("relay.colour = red", "my.conf:1:16: there is no option relay.colour")]
    [InlineData("relay.ws-port { a = 1 }", "my.conf:1:21: there is no option relay.ws-port.a; perhaps relay.ws-port " +
        "was meant")]
    [InlineData("relay.dht.bootstrap = [{ a = 1 }]", "my.conf:1:30: there is no option relay.dht.bootstrap.0.a")]
    [InlineData("relay.Ws-Port = 1", "my.conf:1:17: there is no option relay.Ws-Port; perhaps relay.ws-port was meant")]
    public void A_key_that_is_no_option_is_a_fault_that_names_the_one_meant(string file, string fault) =>
        Assert.Equal(fault, new Layers { File = file }.Fail()[0]);

    [Fact]
    public void A_group_set_to_a_value_is_a_fault() =>
        Assert.Equal(
            ["my.conf:1:13: expected an object with options for relay.dht"],
            new Layers { File = "relay.dht = 1" }.Fail());

    [Fact]
    public void What_is_below_an_unknown_key_goes_without_saying() =>
        Assert.Single(new Layers { File = "relay.other { a = 1, b { c = 2 } }" }.Fail());
}
