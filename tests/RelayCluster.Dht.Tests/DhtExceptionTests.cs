namespace RelayCluster.Dht.Tests;

public sealed class DhtExceptionTests
{
    [Fact]
    public void FromMessage_OfAnyError_IsThatErrorAgain()
    {
        foreach (DhtError error in Enum.GetValues<DhtError>())
        {
            var sent = new DhtException(error);
            DhtException received = DhtException.FromMessage(sent.Message);
            Assert.Equal((error, sent.Message, sent.Code), (received.Error, received.Message, received.Code));
        }
    }

    [Fact]
    public void FromMessage_KnownCode_KeepsWordsOfItsOwn()
    {
        DhtException failure = DhtException.FromMessage("SERVER_ERROR: Lunch");
        Assert.Equal((DhtError.ServerError, "SERVER_ERROR: Lunch"), (failure.Error, failure.Message));
    }

    [Theory]
    [InlineData("ENOSPC: no space left", "ENOSPC")]
    [InlineData("Stream was destroyed", "RELAYED_FAILURE")]
    [InlineData("Oh: dear", "RELAYED_FAILURE")]
    [InlineData("", "RELAYED_FAILURE")]
    public void FromMessage_UnknownWords_AreKept(string message, string code)
    {
        DhtException failure = DhtException.FromMessage(message);
        Assert.Equal(
            (DhtError.RelayedFailure, message, code), (failure.Error, failure.Message, failure.Code));
    }
}
