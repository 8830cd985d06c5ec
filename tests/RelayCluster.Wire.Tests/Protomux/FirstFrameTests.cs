using RelayCluster.Vectors;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Wire.Tests.Protomux;

public sealed class FirstFrameTests
{
    [Theory]
    [InlineData("protomux-v2.json", MuxGeneration.Second)]
    [InlineData("protomux-v3.json", MuxGeneration.Third)]
    public void FirstFrame_OfEveryVector_TellsItsGeneration(string file, MuxGeneration generation)
    {
        string[] first = [.. VectorFile.Load(file).Where("kind", "send")
            .SelectMany(static v => v.GetProperty("frames").EnumerateArray().Take(1))
            .Select(static f => f.GetString()!)
            .Where(static f => f.Length > 0)];
        Assert.NotEmpty(first);
        Assert.All(first, hex =>
        {
            Assert.True(FirstFrame.TryRecognize(Convert.FromHexString(hex), out MuxGeneration recognized), hex);
            Assert.Equal(generation, recognized);
        });
    }

    [Theory]
    [InlineData("000601000000041c", MuxGeneration.Second)]
    [InlineData("00fd00010100", MuxGeneration.Second)]
    [InlineData("000000", MuxGeneration.Third)]
    public void Batches_AreToldByWhatFollows(string hex, MuxGeneration generation)
    {
        Assert.True(FirstFrame.TryRecognize(Convert.FromHexString(hex), out MuxGeneration recognized));
        Assert.Equal(generation, recognized);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0002")]
    [InlineData("0005010000")]
    [InlineData("04")]
    [InlineData("474554202f")]
    public void Anything_Else_IsOfNeither(string hex) =>
        Assert.False(FirstFrame.TryRecognize(Convert.FromHexString(hex), out _));
}
