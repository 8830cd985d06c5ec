using System.Net;

namespace RelayCluster.Host.Administration;

/// <summary>
/// Who may ask. On loopback every program of this machine may, unless a token is set; but a browser is such a program
/// too, and runs what strangers write. So nobody is answered whose request names another host, which is how a page comes
/// here under a name of its own (DNS rebinding), nor one that a page of elsewhere has sent. Everywhere else the token
/// decides.
/// </summary>
internal sealed partial class AdminGate(AdminToken? token, bool isLoopback, ILogger logger)
{
    /// <summary>Lets a request through, or answers it.</summary>
    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (isLoopback && !IsLoopbackName(context.Request.Host.Host))
        {
            return AdminAnswers.RefuseAsync(
                context, StatusCodes.Status403Forbidden, "host", "this endpoint has no name but localhost and 127.0.0.1");
        }

        if (IsOfForeignPage(context.Request.Headers))
        {
            return AdminAnswers.RefuseAsync(
                context, StatusCodes.Status403Forbidden, "cross-site", "this endpoint is not for web pages");
        }

        if (token is not null && !token.Matches(GetToken(context.Request.Headers)))
        {
            Log.WrongToken(logger, $"{context.Connection.RemoteIpAddress}");
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return AdminAnswers.RefuseAsync(
                context, StatusCodes.Status401Unauthorized, "token", "the token is missing or wrong");
        }

        if (HttpMethods.IsPost(context.Request.Method) && !context.Request.HasJsonContentType())
        {
            return AdminAnswers.RefuseAsync(
                context, StatusCodes.Status415UnsupportedMediaType, "content-type", "expected application/json");
        }

        return next(context);
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Browsers tell where a request comes from; what people type into the address line is from nowhere.</summary>
    private static bool IsOfForeignPage(IHeaderDictionary headers) =>
        headers.Origin.Count > 0 || headers["Sec-Fetch-Site"] is { Count: > 0 } site && site != "none";

    private static string GetToken(IHeaderDictionary headers) =>
        headers.Authorization is [{ } only] && only.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? only["Bearer ".Length..].Trim()
            : string.Empty;

    private static partial class Log
    {
        [LoggerMessage(9050, LogLevel.Warning, "an operator at {RemoteAddress} has no token, or a wrong one")]
        public static partial void WrongToken(ILogger logger, string remoteAddress);
    }
}
