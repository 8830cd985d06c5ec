using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace RelayCluster.Host.Example;

/// <summary>
/// The page of <c>examples/browser</c>, at <c>/example</c>: a DHT node in a browser, behind the relay that serves it.
/// Its files are in the assembly, and all that it needs is among them, so the browser is told to let it have nothing
/// else.
/// </summary>
internal static class ExamplePage
{
    private const string Path = "/example";

    // 'self' allows connections to the relay's WebSockets too. The page's cryptography is compiled WebAssembly.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Serves the page, and leaves other paths to whoever comes next.</summary>
    public static void UseExamplePage(this IApplicationBuilder application)
    {
        var files = new EmbeddedFileProvider(typeof(ExamplePage).Assembly, typeof(ExamplePage).Namespace);
        application.Use((context, next) =>
        {
            if (context.Request.Path != Path)
            {
                return next(context);
            }

            // Relative, since a proxy in front may have another scheme, name and path.
            context.Response.Redirect("example/");
            return Task.CompletedTask;
        });
        application.UseDefaultFiles(new DefaultFilesOptions
        {
            RequestPath = Path,
            FileProvider = files,
            DefaultFileNames = ["index.html"],
        });
        application.UseStaticFiles(new StaticFileOptions
        {
            RequestPath = Path,
            FileProvider = files,
            ContentTypeProvider = new FileExtensionContentTypeProvider(new Dictionary<string, string>
            {
                [".html"] = "text/html; charset=utf-8",
                [".css"] = "text/css; charset=utf-8",
                [".js"] = "text/javascript; charset=utf-8",
                [".txt"] = "text/plain; charset=utf-8",
            }),
            OnPrepareResponse = response => SetHeaders(response.Context.Response.Headers),
        });
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }
}
