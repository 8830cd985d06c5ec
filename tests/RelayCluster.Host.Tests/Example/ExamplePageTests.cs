using System.Net;
using RelayCluster.Host.Tests.Hosting;

namespace RelayCluster.Host.Tests.Example;

public sealed class ExamplePageTests : IDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false })
    {
        Timeout = RunningRelay.Deadline,
    };

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("/example/", "text/html")]
    [InlineData("/example/style.css", "text/css")]
    [InlineData("/example/dist/page.js", "text/javascript")]
    [InlineData("/example/dist/licences.txt", "text/plain")]
    public async Task Its_files_are_served_and_may_load_nothing_from_elsewhere(string path, string type)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();

        using HttpResponseMessage response = await _http.GetAsync(relay.Address(path));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync());
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_address_without_the_slash_leads_to_it_behind_any_proxy()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();

        using HttpResponseMessage response = await _http.GetAsync(relay.Address("/example"));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("example/", response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("", "/example/nothing")]
    [InlineData("", "/example/package.json")]
    [InlineData("example = off", "/example")]
    [InlineData("example = off", "/example/")]
    [InlineData("example = off", "/example/dist/page.js")]
    public async Task Nothing_else_is_served_and_nothing_where_it_is_off(string file, string path)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: file);

        using HttpResponseMessage response = await _http.GetAsync(relay.Address(path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
