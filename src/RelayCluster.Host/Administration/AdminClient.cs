using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RelayCluster.Cluster.Administration;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Lookups;

namespace RelayCluster.Host.Administration;

/// <summary>Asks and commands a fleet through the admin endpoint of one of its nodes.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly Uri _address;

    /// <param name="address">The endpoint.</param>
    /// <param name="token">What it wants to be shown; null for nothing.</param>
    public AdminClient(Uri address, string? token)
    {
        _address = address;

        // A proxy of the surroundings is for the world, not for this machine.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = !address.IsLoopback, AllowAutoRedirect = false })
        {
            BaseAddress = address,
            Timeout = Patience,
        };
        _http.DefaultRequestHeaders.Authorization =
            token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <exception cref="AdminClientException">It could not be asked.</exception>
    public Task<IReadOnlyList<MemberSummary>> GetMembersAsync(CancellationToken cancellationToken) => AskAsync(
        "v1/members", null, AdministrationJson.Default.IReadOnlyListMemberSummary, cancellationToken);

    /// <exception cref="AdminClientException">It could not be asked, or there is no such node.</exception>
    public IAsyncEnumerable<FleetLine<SessionSummary>> GetSessionsAsync(
        string? node, CancellationToken cancellationToken) =>
        ReadLinesAsync(
            node is null ? "v1/sessions" : $"v1/sessions?node={Uri.EscapeDataString(node)}",
            AdministrationJson.Default.FleetLineSessionSummary,
            cancellationToken);

    /// <exception cref="AdminClientException">It could not be asked.</exception>
    public IAsyncEnumerable<FleetLine<ShardSummary>> GetShardsAsync(CancellationToken cancellationToken) =>
        ReadLinesAsync("v1/shards", AdministrationJson.Default.FleetLineShardSummary, cancellationToken);

    /// <exception cref="AdminClientException">It could not be asked.</exception>
    public IAsyncEnumerable<FleetLine<TopicLookup>> GetLookupsAsync(CancellationToken cancellationToken) =>
        ReadLinesAsync("v1/lookups", AdministrationJson.Default.FleetLineTopicLookup, cancellationToken);

    /// <exception cref="AdminClientException">It could not be asked, or there is no such session.</exception>
    public Task<SessionTree> GetSessionAsync(string id, CancellationToken cancellationToken) => AskAsync(
        $"v1/sessions/{Uri.EscapeDataString(id)}",
        null,
        AdministrationJson.Default.SessionTree,
        cancellationToken);

    /// <exception cref="AdminClientException">It could not be asked, or there is no such session.</exception>
    public async Task KickAsync(string id, string? reason, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(
            $"v1/sessions/{Uri.EscapeDataString(id)}/kick",
            JsonContent.Create(new KickWish(reason), AdminJson.Default.KickWish),
            cancellationToken);
    }

    /// <exception cref="AdminClientException">It could not be asked, or there is no such node.</exception>
    public Task<NodeReply> DrainAsync(string node, TimeSpan? timeout, CancellationToken cancellationToken) => AskAsync(
        $"v1/nodes/{Uri.EscapeDataString(node)}/drain",
        JsonContent.Create(new DrainWish(timeout), AdminJson.Default.DrainWish),
        AdministrationJson.Default.NodeReply,
        cancellationToken);

    /// <exception cref="AdminClientException">It could not be asked, or there is no such node.</exception>
    public Task<NodeReply> ResumeAsync(string node, CancellationToken cancellationToken) => AskAsync(
        $"v1/nodes/{Uri.EscapeDataString(node)}/resume",
        JsonContent.Create(new DrainWish(Timeout: null), AdminJson.Default.DrainWish),
        AdministrationJson.Default.NodeReply,
        cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<T>(
        string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using HttpResponseMessage answer = await SendAsync(path, body, cancellationToken);
        return await ReadAsync(
            () => answer.Content.ReadFromJsonAsync(type, cancellationToken), cancellationToken) ?? throw NoEndpoint();
    }

    private async IAsyncEnumerable<T> ReadLinesAsync<T>(
        string path, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        using HttpResponseMessage answer = await SendAsync(path, null, cancellationToken);
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(body);
        while (await ReadAsync(() => reader.ReadLineAsync(cancellationToken).AsTask(), cancellationToken) is { } line)
        {
            yield return await ReadAsync(
                () => Task.FromResult(JsonSerializer.Deserialize(line, type)), cancellationToken) ?? throw NoEndpoint();
        }
    }

    /// <summary>Asks for what is at a path; or, with a body, which is disposed of, gives an order.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        string path, HttpContent? body, CancellationToken cancellationToken)
    {
        HttpMethod method = body is null ? HttpMethod.Get : HttpMethod.Post;
        using var request = new HttpRequestMessage(method, path) { Content = body };
        HttpResponseMessage answer = await ReadAsync(
            () => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken),
            cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw await ExplainAsync(answer, cancellationToken);
        }
    }

    private async Task<AdminClientException> ExplainAsync(
        HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        AdminFault? fault = await ReadAsync(
            () => answer.Content.ReadFromJsonAsync(AdminJson.Default.AdminFault, cancellationToken), cancellationToken);
        return (answer.StatusCode, fault) switch
        {
            (HttpStatusCode.Unauthorized, not null) => new AdminClientException(
                $"{_address} does not take this token; --token, --token-file or RELAY_ADMIN__TOKEN has to be its "
                + "admin.token"),
            (_, { Error: not null, Message: { } message }) => new AdminClientException(message),
            _ => NoEndpoint(),
        };
    }

    /// <summary>Whatever goes wrong with the connection, or with what comes over it, becomes a line.</summary>
    private async Task<T> ReadAsync<T>(Func<Task<T>> readAsync, CancellationToken cancellationToken)
    {
        try
        {
            return await readAsync();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new AdminClientException(
                $"no admin endpoint answers at {_address}: {Innermost(e).Message.TrimEnd('.')}; "
                + "--admin has to be the address of a node that runs with --admin-port",
                e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AdminClientException(
                $"{_address} gave no answer within {Patience.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw NoEndpoint(e);
        }
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    private AdminClientException NoEndpoint(Exception? innerException = null) =>
        new($"what answers at {_address} is no admin endpoint of a relay", innerException);
}
