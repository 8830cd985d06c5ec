using System.Buffers;
using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Host.Proxies;

namespace RelayCluster.Host.Tests.Proxies;

public sealed class ProxyHeaderTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static readonly Gen<IPEndPoint> EndPoints =
        Gen.Elements(4, 16).SelectMany(static size => Gen.Choose(0, 255).ArrayOf(size))
            .Select(static bytes => new IPAddress([.. bytes.Select(static value => (byte)value)]))
            .Where(static address => !address.IsIPv4MappedToIPv6)
            .Zip(Gen.Choose(0, 65535))
            .Select(static pair => new IPEndPoint(pair.Item1, pair.Item2));

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 51234 49444\r\n", "203.0.113.7:51234")]
    [InlineData("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0:0")]
    [InlineData("PROXY TCP6 2001:db8::7 ::1 51234 49444\r\n", "[2001:db8::7]:51234")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", null)]
    [InlineData("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", null)]
    public void Read_Line_TellsTheSource(string line, string? source)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(line + "more");

        Assert.Equal(OperationStatus.Done, ProxyHeader.Read(bytes, out IPEndPoint? found, out int length));
        Assert.Equal(source, found?.ToString());
        Assert.Equal(line.Length, length);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PROXZ")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY UDP4 203.0.113.7 198.51.100.1 51234 49444\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 51234\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 51234 49444 1\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7  198.51.100.1 51234 49444\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 51234 65536\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 -1 49444\r\n")]
    [InlineData("PROXY TCP4 2001:db8::7 198.51.100.1 51234 49444\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 ::1 51234 49444\r\n")]
    [InlineData("PROXY TCP6 203.0.113.7 198.51.100.1 51234 49444\r\n")]
    [InlineData("PROXY TCP4 127.1 198.51.100.1 51234 49444\r\n")]
    [InlineData("PROXY TCP4 010.0.0.1 198.51.100.1 51234 49444\r\n")]
    [InlineData("PROXY TCP6 fe80::1%2 ::1 51234 49444\r\n")]
    [InlineData("PROXY TCP6 [::2] ::1 51234 49444\r\n")]
    public void Read_Nonsense_IsInvalid(string text) => Assert.Equal(
        OperationStatus.InvalidData, ProxyHeader.Read(Encoding.ASCII.GetBytes(text), out _, out _));

    [Fact]
    public void Read_LineWithoutEnd_IsInvalidAtItsLongest()
    {
        byte[] endless = Encoding.ASCII.GetBytes("PROXY UNKNOWN" + new string(' ', 94));

        Assert.Equal(OperationStatus.NeedMoreData, ProxyHeader.Read(endless.AsSpan(0, 106), out _, out _));
        Assert.Equal(OperationStatus.InvalidData, ProxyHeader.Read(endless, out _, out _));
    }

    [Theory]
    [InlineData(0x20, 0x11, 0)]
    [InlineData(0x20, 0x00, 0)]
    [InlineData(0x21, 0x00, 20)]
    [InlineData(0x21, 0x31, 216)]
    [InlineData(0x21, 0x12, 12)]
    public void Read_BinaryOfNoClientOverTcp_HasNoSource(byte command, byte family, int rest)
    {
        byte[] bytes = [.. ProxyHeaders.Binary(command, family, new byte[rest]), 1, 2, 3];

        Assert.Equal(OperationStatus.Done, ProxyHeader.Read(bytes, out IPEndPoint? source, out int length));
        Assert.Null(source);
        Assert.Equal(bytes.Length - 3, length);
    }

    [Theory]
    [InlineData(0x11, 0x11, 12)]
    [InlineData(0x31, 0x11, 12)]
    [InlineData(0x22, 0x11, 12)]
    [InlineData(0x21, 0x11, 11)]
    [InlineData(0x21, 0x21, 35)]
    [InlineData(0x21, 0x11, ProxyHeader.MaxBytes)]
    public void Read_BinaryNonsense_IsInvalid(byte command, byte family, int rest) => Assert.Equal(
        OperationStatus.InvalidData,
        ProxyHeader.Read(ProxyHeaders.Binary(command, family, new byte[rest]), out _, out _));

    [Fact]
    public void What_is_written_is_read_and_every_beginning_of_it_needs_more() => Prop.ForAll(
        EndPoints.Zip(Gen.Choose(0, 40)).ToArbitrary(),
        static input =>
        {
            (IPEndPoint source, int extra) = input;
            foreach (byte[] header in new[]
            {
                ProxyHeaders.Line(source, source),
                ProxyHeaders.Binary(source, source, extra),
            })
            {
                Assert.Equal(
                    OperationStatus.Done,
                    ProxyHeader.Read([.. header, .. header], out IPEndPoint? found, out int length));
                Assert.Equal(source, found);
                Assert.Equal(header.Length, length);
                for (int i = 0; i < header.Length; i++)
                {
                    Assert.Equal(
                        OperationStatus.NeedMoreData, ProxyHeader.Read(header.AsSpan(0, i), out found, out _));
                    Assert.Null(found);
                }
            }

            return true;
        }).Check(Thorough);

    [Fact]
    public void Any_bytes_behind_any_beginning_are_read_or_refused() => Prop.ForAll(
        Gen.Elements("", "PROXY ", "PROXY TCP4 ", "PROXY TCP6 1::", "\r\n\r\n\0\r\nQUIT\n", "\r\n\r\n\0\r\nQUIT\n!\u0011\0")
            .Zip(Gen.Choose(0, 255).ListOf())
            .ToArbitrary(),
        static input =>
        {
            byte[] bytes = [.. Encoding.Latin1.GetBytes(input.Item1), .. input.Item2.Select(static i => (byte)i)];
            OperationStatus status = ProxyHeader.Read(bytes, out IPEndPoint? source, out int length);
            return status == OperationStatus.Done ? length <= bytes.Length : source is null;
        }).Check(Thorough);
}
