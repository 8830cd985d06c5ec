using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Wire.Values;

namespace RelayCluster.Wire.Tests;

public sealed class CompactEncodingPropertyTests
{
    private delegate void Read(ref CompactReader reader);

    private static readonly Read[] Readers =
    [
        static (ref CompactReader r) => r.ReadUInt(),
        static (ref CompactReader r) => r.ReadInt(),
        static (ref CompactReader r) => r.ReadUInt56(),
        static (ref CompactReader r) => r.ReadBuffer(),
        static (ref CompactReader r) => r.ReadString(),
        static (ref CompactReader r) => r.ReadDate(),
        static (ref CompactReader r) => r.ReadFixed32(),
        static (ref CompactReader r) => r.ReadIPv4EndPoint(),
        static (ref CompactReader r) => r.ReadIPv6EndPoint(),
        static (ref CompactReader r) => r.ReadIPEndPoint(),
        static (ref CompactReader r) => r.ReadBigInt(),
        static (ref CompactReader r) => r.ReadLexInt(),
        static (ref CompactReader r) => r.ReadStringRecord(),
        static (ref CompactReader r) => r.ReadArray(static (ref CompactReader e) => e.ReadUInt()),
        static (ref CompactReader r) => r.ReadArray(static (ref CompactReader e) => e.ReadFixed32(), Fixed32.Size),
    ];

    [Fact]
    public void UInt_AnyValueUpTo53Bits_ComesBack() => Prop.ForAll<ulong>(static any =>
    {
        ulong value = any & CompactReader.MaxUInt;
        var bytes = new byte[CompactSize.UInt(value)];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(value);
        return writer.Remaining == 0 && new CompactReader(bytes).ReadUInt() == value;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Int_AnyValueOf53Bits_ComesBack() => Prop.ForAll<long>(static any =>
    {
        long value = any >> 11;
        var bytes = new byte[CompactSize.Int(value)];
        var writer = new CompactWriter(bytes);
        writer.WriteInt(value);
        return writer.Remaining == 0 && new CompactReader(bytes).ReadInt() == value;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void BigInt_AnyValue_ComesBack() => Prop.ForAll<System.Numerics.BigInteger>(static value =>
    {
        var bytes = new byte[BigIntegerCodec.GetBigIntSize(value)];
        var writer = new CompactWriter(bytes);
        writer.WriteBigInt(value);
        var reader = new CompactReader(bytes);
        return writer.Remaining == 0 && reader.ReadBigInt() == value;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void LexInt_SortsAsItsBytesDo() => Prop.ForAll<uint, uint>(static (left, right) =>
        Math.Sign(LexInt(left).AsSpan().SequenceCompareTo(LexInt(right))) == left.CompareTo(right))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void String_AnyText_ComesBack() => Prop.ForAll<NonNull<string>>(static text =>
    {
        // a lone surrogate cannot be told in UTF-8
        string value = new([.. text.Get.Where(static c => !char.IsSurrogate(c))]);
        var bytes = new byte[CompactSize.String(value)];
        new CompactWriter(bytes).WriteString(value);
        return new CompactReader(bytes).ReadString() == value;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyBytes_ThrowNothingButTheProtocolException() => Prop.ForAll<byte[]>(static bytes =>
    {
        foreach (Read read in Readers)
        {
            try
            {
                var reader = new CompactReader(bytes);
                read(ref reader);
            }
            catch (ProtocolException)
            {
                // the one that is allowed
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryRead_AnyBytes_AgreesWithRead() => Prop.ForAll<byte[]>(static bytes =>
    {
        bool read = new CompactReader(bytes).TryReadUInt(out ulong value);
        try
        {
            return new CompactReader(bytes).ReadUInt() == value && read;
        }
        catch (ProtocolException)
        {
            return !read;
        }
    }).QuickCheckThrowOnFailure();

    private static byte[] LexInt(uint value)
    {
        var bytes = new byte[LexIntCodec.GetLexIntSize(value)];
        var writer = new CompactWriter(bytes);
        writer.WriteLexInt(value);
        return bytes;
    }
}
