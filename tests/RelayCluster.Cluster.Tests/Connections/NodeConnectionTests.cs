using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Tests.Scenes;

namespace RelayCluster.Cluster.Tests.Connections;

public sealed class NodeConnectionTests
{
    public static TheoryData<LineKind> Kinds => [LineKind.InProcess, LineKind.Tcp, LineKind.Tls];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_handler_is_told_who_connects_and_with_what(LineKind kind)
    {
        var served = new TaskCompletionSource<(string, byte[])>();
        await using ConnectedNodes nodes = await ConnectedNodes.StartAsync(kind, (connection, _) =>
        {
            served.SetResult((connection.Node, connection.Data.ToArray()));
            return Task.CompletedTask;
        });

        await using NodeConnection connection = await nodes.OpenAsync([1, 2, 3]);

        (string node, byte[] data) = await served.Task.WithDeadline();
        Assert.Equal("a", node);
        Assert.Equal([1, 2, 3], data);
        Assert.Equal("b", connection.Node);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bytes_arrive_whole_both_ways_and_each_direction_ends_by_itself(LineKind kind)
    {
        const int length = 16 << 20;
        await using ConnectedNodes nodes = await ConnectedNodes.StartAsync(kind, async (connection, _) =>
        {
            // the answer begins when the question has ended
            byte[] hash = await ReadHashAsync(connection.Input);
            await WriteAsync(connection.Output, hash, Bytes(length, seed: 2));
        });
        await using NodeConnection connection = await nodes.OpenAsync();

        await WriteAsync(connection.Output, Bytes(length, seed: 1));
        using var answer = new MemoryStream();
        await connection.Input.CopyToAsync(answer).WithDeadline();

        Assert.Equal(SHA256.HashData(Bytes(length, seed: 1)), answer.ToArray()[..32]);
        Assert.Equal(SHA256.HashData(Bytes(length, seed: 2)), SHA256.HashData(answer.ToArray().AsSpan(32)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_cut_by_the_dialler_is_seen_as_such(LineKind kind)
    {
        var failed = new TaskCompletionSource<Exception>();
        await using ConnectedNodes nodes = await ConnectedNodes.StartAsync(kind, async (connection, _) =>
        {
            failed.SetResult((await Record.ExceptionAsync(() => connection.Input.ReadAsync().AsTask()))!);
        });
        await using NodeConnection connection = await nodes.OpenAsync();

        connection.Abort();

        Assert.IsAssignableFrom<IOException>(await failed.Task.WithDeadline());
        await Assert.ThrowsAnyAsync<IOException>(() => connection.Input.ReadAsync().WithDeadline());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_handler_that_fails_cuts_its_connection_and_no_other(LineKind kind)
    {
        int opened = 0;
        await using ConnectedNodes nodes = await ConnectedNodes.StartAsync(kind, async (connection, _) =>
        {
            if (opened++ == 0)
            {
                await connection.Input.ReadAsync(CancellationToken.None);
                throw new InvalidOperationException("a fault");
            }

            await connection.Output.WriteAsync(new byte[] { 7 }, CancellationToken.None);
        });

        await using NodeConnection failing = await nodes.OpenAsync();

        // in process the cut may come before the write has ended
        await Record.ExceptionAsync(() => failing.Output.WriteAsync(new byte[1]).WithDeadline());
        await Assert.ThrowsAnyAsync<IOException>(() => failing.Input.ReadAsync().WithDeadline());

        await using NodeConnection other = await nodes.OpenAsync();
        ReadResult read = await other.Input.ReadAsync().WithDeadline();
        Assert.Equal(7, read.Buffer.FirstSpan[0]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_writer_waits_for_a_reader_that_does_not_read(LineKind kind)
    {
        var read = new TaskCompletionSource();
        await using ConnectedNodes nodes = await ConnectedNodes.StartAsync(kind, async (connection, _) =>
        {
            await read.Task;
            await connection.Input.CopyToAsync(Stream.Null, CancellationToken.None);
        });
        await using NodeConnection connection = await nodes.OpenAsync();

        // more than the kernel takes for a connection, with both sides of it
        Task writing = WriteAsync(connection.Output, new byte[64 << 20]);
        Assert.False(writing.IsCompleted);

        read.SetResult();
        await writing.WithDeadline();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Who_ends_does_not_wait_for_ever_for_a_reader_that_does_not_read(LineKind kind)
    {
        await using ConnectedNodes nodes = await ConnectedNodes.StartAsync(
            kind, (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping));
        NodeConnection connection = await nodes.OpenAsync();
        connection.Output.Write(new byte[64 << 20]);

        ValueTask disposing = connection.DisposeAsync();
        nodes.Clock.Advance(TimeSpan.FromSeconds(1));

        await disposing.WithDeadline();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_node_that_stops_ends_its_handlers_and_cuts_their_connections(LineKind kind)
    {
        var serving = new TaskCompletionSource();
        await using ConnectedNodes nodes = await ConnectedNodes.StartAsync(kind, async (connection, stopping) =>
        {
            serving.SetResult();
            await connection.Input.ReadAsync(stopping);
        });
        await using NodeConnection connection = await nodes.OpenAsync();
        await serving.Task.WithDeadline();

        await nodes.B.DisposeAsync().WithDeadline();

        await Assert.ThrowsAnyAsync<IOException>(() => connection.Input.ReadAsync().WithDeadline());
        FabricException e = await Assert.ThrowsAsync<FabricException>(() => nodes.OpenAsync());
        Assert.Equal(FabricError.Unreachable, e.Error);
    }

    [Theory]
    [InlineData("b", "other", FabricError.Refused)]
    [InlineData("c", ConnectedNodes.Purpose, FabricError.NoSuchNode)]
    public async Task What_a_node_does_not_take_is_refused(string node, string purpose, FabricError error)
    {
        await using ConnectedNodes nodes =
            await ConnectedNodes.StartAsync(LineKind.InProcess, (_, _) => Task.CompletedTask);

        FabricException e = await Assert.ThrowsAsync<FabricException>(
            () => nodes.OpenAsync(purpose: purpose, node: node));
        Assert.Equal(error, e.Error);
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task WriteAsync(PipeWriter output, params byte[][] parts)
    {
        foreach (byte[] part in parts)
        {
            await output.WriteAsync(part);
        }

        await output.CompleteAsync();
    }

    private static async Task<byte[]> ReadHashAsync(PipeReader input)
    {
        await using Stream stream = input.AsStream(leaveOpen: true);
        return await SHA256.HashDataAsync(stream);
    }
}
