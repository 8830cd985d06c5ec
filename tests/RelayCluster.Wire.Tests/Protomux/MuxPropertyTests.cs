using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Wire.Tests.Protomux;

public sealed class MuxPropertyTests
{
    [Fact]
    public void AnyFrames_ThrowNothingButTheProtocolException() => Prop.ForAll<byte[][]>(static frames =>
    {
        foreach (byte prefix in new byte[] { 0, 1, 255 })
        {
            var mux = new MuxUnderTest(new MuxOptions { MaxRemoteChannels = 4 });
            mux.Mux.Pair("a");
            mux.Open("b");
            foreach (byte[] frame in frames)
            {
                // small numbers are what control frames are made of
                byte[] bytes = [prefix, .. (frame ?? []).Select(static b => (byte)(b % 8 == 0 ? b : b % 4))];
                mux.Receive(Convert.ToHexString(prefix == 255 ? bytes[1..] : bytes));
            }

            mux.TakeSends();
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Messages_HoweverTheyAreCorked_ArriveInTheirOrderOnTheirChannels() =>
        Prop.ForAll<(byte Action, ushort Size)[]>(static actions =>
        {
            var sender = new MuxUnderTest(new MuxOptions { MaxBatchBytes = 300 });
            MuxChannel[] channels = [sender.Open("a"), sender.Open("b"), sender.Open("c")];
            List<string> sent = [];
            int corks = 0;
            foreach ((byte action, ushort size) in actions)
            {
                switch (action % 5)
                {
                    case 0:
                        sender.Mux.Cork();
                        corks++;
                        break;
                    case 1 when corks > 0:
                        sender.Mux.Uncork();
                        corks--;
                        break;
                    default:
                        var payload = new byte[action < 250 ? size % 200 : size];
                        payload.AsSpan().Fill((byte)sent.Count);
                        MuxChannel channel = channels[action % 3];
                        Assert.True(channel.Send(action, payload));
                        sent.Add($"{channel.Protocol} {action} {Convert.ToHexStringLower(payload)}");
                        break;
                }
            }

            for (; corks > 0; corks--)
            {
                sender.Mux.Uncork();
            }

            List<string> received = [];
            var receiver = new MuxUnderTest
            {
                OnMessage = e => received.Add(
                    $"{e.Channel!.Protocol} {e.Type} {Convert.ToHexStringLower(e.Payload.Span)}"),
            };
            receiver.Open("c");
            receiver.Open("b");
            receiver.Open("a");
            foreach (string frame in sender.TakeSends())
            {
                receiver.Receive(frame);
            }

            Assert.Equal(sent, received);
        }).QuickCheckThrowOnFailure();
}
