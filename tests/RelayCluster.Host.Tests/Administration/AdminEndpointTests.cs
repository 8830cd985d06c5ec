using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RelayCluster.Host.Administration;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Tests.Endpoints;
using RelayCluster.Host.Tests.Hosting;

namespace RelayCluster.Host.Tests.Administration;

/// <summary>The admin endpoint as any HTTP client sees it.</summary>
public sealed class AdminEndpointTests : IDisposable
{
    private const string Open = "admin.port = 0, cluster.node-name = a";
    private const string Guarded = $"{Open}, admin.token = {Token}";
    private const string Token = "0123456789abcdef";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Without_its_port_there_is_none()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();

        Assert.Null(relay.Application.Services.GetRequiredService<AdminEndpoint>().EndPoint);
    }

    [Fact]
    public async Task It_tells_of_members_sessions_shards_and_lookups()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Open);
        await using TestClient client = await TestClient.ConnectWebSocketAsync(relay);
        await client.AssertServedAsync();

        JsonElement members = await GetJsonAsync(relay, "/v1/members");
        Assert.Equal("a", members[0].GetProperty("name").GetString());
        Assert.Equal("up", members[0].GetProperty("state").GetString());
        JsonElement session = (await GetJsonAsync(relay, "/v1/sessions")).GetProperty("item");
        Assert.Equal("a-1", session.GetProperty("id").GetString());
        Assert.Equal("webSocket", session.GetProperty("transport").GetString());
        Assert.True(session.GetProperty("isCustodial").GetBoolean());
        JsonElement tree = await GetJsonAsync(relay, "/v1/sessions/a-1");
        Assert.Equal("a-1", tree.GetProperty("session").GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.Array, tree.GetProperty("streams").ValueKind);
        string shards = await _http.GetStringAsync(new Uri(relay.AdminAddress, "/v1/shards"));
        Assert.Contains("\"region\":\"sessions\"", shards, StringComparison.Ordinal);
        Assert.Equal("", await _http.GetStringAsync(new Uri(relay.AdminAddress, "/v1/lookups")));
    }

    [Theory]
    [InlineData("GET", "/v1/nonsense", HttpStatusCode.NotFound, "route")]
    [InlineData("GET", "/", HttpStatusCode.NotFound, "route")]
    [InlineData("DELETE", "/v1/members", HttpStatusCode.MethodNotAllowed, "method")]
    [InlineData("GET", "/v1/nodes/a/drain", HttpStatusCode.MethodNotAllowed, "method")]
    [InlineData("GET", "/v1/sessions/a-9", HttpStatusCode.NotFound, "unknown-session")]
    [InlineData("GET", "/v1/sessions?node=z", HttpStatusCode.NotFound, "unknown-node")]
    [InlineData("POST", "/v1/sessions/a-9/kick", HttpStatusCode.NotFound, "unknown-session")]
    [InlineData("POST", "/v1/nodes/z/drain", HttpStatusCode.NotFound, "unknown-node")]
    [InlineData("POST", "/v1/nodes/z/resume", HttpStatusCode.NotFound, "unknown-node")]
    public async Task What_is_not_there_is_told_as_such(string method, string path, HttpStatusCode status, string error)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Open);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(relay.AdminAddress, path));
        request.Content = method == "POST" ? Json("{}") : null;

        await AssertFaultAsync(request, status, error);
    }

    [Theory]
    [InlineData("nonsense", HttpStatusCode.BadRequest, "json")]
    [InlineData("{\"timeuot\":1}", HttpStatusCode.BadRequest, "json")]
    [InlineData("{\"timeout\":\"1\"}", HttpStatusCode.BadRequest, "json")]
    [InlineData("{\"timeout\":1e300}", HttpStatusCode.BadRequest, "json")]
    [InlineData("{\"timeout\":-1}", HttpStatusCode.BadRequest, "request")]
    [InlineData("{\"timeout\":86401}", HttpStatusCode.BadRequest, "request")]
    public async Task A_body_that_is_wrong_does_nothing(string body, HttpStatusCode status, string error)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Open);
        using HttpRequestMessage request = Post(relay, "/v1/nodes/a/drain", body);

        await AssertFaultAsync(request, status, error);

        Assert.True(relay.Service.IsReady);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Open);
        using HttpRequestMessage request = Post(
            relay, "/v1/sessions/a-1/kick", $$"""{"reason":"{{new string('a', 20_000)}}"}""");

        await AssertFaultAsync(request, HttpStatusCode.RequestEntityTooLarge, "request");
    }

    [Fact]
    public async Task Drain_and_resume_change_what_health_says()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Open);
        await relay.Service.WaitUntilReadyAsync(default);

        JsonElement drained = await PostJsonAsync(relay, "/v1/nodes/a/drain", """{"timeout":90}""");
        Assert.Equal("draining", drained.GetProperty("state").GetString());
        Assert.Equal(90, drained.GetProperty("timeout").GetDouble());
        using HttpResponseMessage notReady = await _http.GetAsync(relay.Address("/health/ready"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);

        JsonElement resumed = await PostJsonAsync(relay, "/v1/nodes/a/resume", "");
        Assert.Equal("up", resumed.GetProperty("state").GetString());
        using HttpResponseMessage ready = await _http.GetAsync(relay.Address("/health/ready"));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task A_kick_closes_the_session()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Open);
        await using TestClient client = await TestClient.ConnectTcpAsync(relay);
        await client.AssertServedAsync();

        using HttpRequestMessage kick = Post(relay, "/v1/sessions/a-1/kick", """{"reason":"too loud"}""");
        using HttpResponseMessage answer = await _http.SendAsync(kick);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await client.AssertClosedAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer 0123456789abcdeg")]
    [InlineData("Bearer 0123456789abcdef0")]
    [InlineData("Basic 0123456789abcdef")]
    [InlineData("0123456789abcdef")]
    public async Task Who_has_no_token_is_refused_everything(string? authorization)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Guarded);
        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])[
            (HttpMethod.Get, "/v1/members"), (HttpMethod.Get, "/metrics"), (HttpMethod.Get, "/nonsense"),
            (HttpMethod.Post, "/v1/nodes/a/drain")])
        {
            using var request = new HttpRequestMessage(method, new Uri(relay.AdminAddress, path));
            request.Headers.TryAddWithoutValidation("Authorization", authorization);

            await AssertFaultAsync(request, HttpStatusCode.Unauthorized, "token");
        }

        Assert.True(relay.Service.IsReady);
    }

    [Fact]
    public async Task Who_has_the_token_is_answered()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Guarded);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        Assert.Equal("a", (await GetJsonAsync(relay, "/v1/members"))[0].GetProperty("name").GetString());
        using HttpResponseMessage metrics = await _http.GetAsync(new Uri(relay.AdminAddress, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("evil.example:49445", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("192.0.2.7", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:1", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:80", HttpStatusCode.OK)]
    public async Task A_name_that_was_bent_to_loopback_is_refused(string host, HttpStatusCode expected)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Open);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(relay.AdminAddress, "/v1/members"));
        request.Headers.Host = host;

        using HttpResponseMessage answer = await _http.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_elsewhere_is_refused(string header, string value)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Open);
        using HttpRequestMessage request = Post(relay, "/v1/nodes/a/drain", "{}");
        request.Headers.Add(header, value);

        await AssertFaultAsync(request, HttpStatusCode.Forbidden, "cross-site");

        Assert.True(relay.Service.IsReady);
    }

    [Fact]
    public async Task What_a_form_can_send_is_refused()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: Open);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(relay.AdminAddress, "/v1/nodes/a/drain"));
        request.Content = new StringContent("{}", Encoding.UTF8, "text/plain");

        await AssertFaultAsync(request, HttpStatusCode.UnsupportedMediaType, "content-type");
    }

    [Fact]
    public async Task A_port_in_use_ends_the_start_with_a_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        StartupException e = await Assert.ThrowsAsync<StartupException>(
            () => RunningRelay.StartAsync(file: $"admin.port = {port}"));

        Assert.StartsWith(
            $"the admin endpoint cannot listen on 127.0.0.1:{port}: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("--admin-port a free port or 0", e.Message, StringComparison.Ordinal);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static HttpRequestMessage Post(RunningRelay relay, string path, string body) =>
        new(HttpMethod.Post, new Uri(relay.AdminAddress, path)) { Content = Json(body) };

    private async Task AssertFaultAsync(HttpRequestMessage request, HttpStatusCode status, string error)
    {
        using HttpResponseMessage answer = await _http.SendAsync(request);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(status, answer.StatusCode);
        JsonElement fault = JsonDocument.Parse(body).RootElement;
        Assert.Equal(error, fault.GetProperty("error").GetString());
        Assert.NotEmpty(fault.GetProperty("message").GetString()!);
    }

    private async Task<JsonElement> GetJsonAsync(RunningRelay relay, string path) =>
        JsonDocument.Parse(await _http.GetStringAsync(new Uri(relay.AdminAddress, path))).RootElement;

    private async Task<JsonElement> PostJsonAsync(RunningRelay relay, string path, string body)
    {
        using HttpRequestMessage request = Post(relay, path, body);
        using HttpResponseMessage answer = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
