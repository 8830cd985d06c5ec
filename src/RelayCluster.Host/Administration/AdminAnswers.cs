using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using RelayCluster.Cluster.Administration;

namespace RelayCluster.Host.Administration;

/// <summary>How the admin endpoint answers, also where it cannot.</summary>
internal static class AdminAnswers
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(answer, type, cancellationToken: context.RequestAborted);

    /// <summary>A line of JSON for each part of an answer, as it comes.</summary>
    public static async Task WriteLinesAsync<T>(HttpContext context, IAsyncEnumerable<T> lines, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/x-ndjson";
        await foreach (T line in lines.WithCancellation(context.RequestAborted))
        {
            await JsonSerializer.SerializeAsync(context.Response.Body, line, type, context.RequestAborted);
            await context.Response.Body.WriteAsync(LineEnd, context.RequestAborted);
        }
    }

    public static Task RefuseAsync(HttpContext context, int status, string error, string message)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new AdminFault(error, message), AdminJson.Default.AdminFault);
    }

    /// <summary>Answers what goes wrong on the way, and what no route is for.</summary>
    public static async Task ExplainAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode is >= 400 and var status)
            {
                string what = $"{context.Request.Method} {context.Request.Path}";
                await (status == StatusCodes.Status405MethodNotAllowed
                    ? RefuseAsync(context, status, "method", $"there is no {what}, but another method")
                    : RefuseAsync(context, status, "route", $"there is no {what}"));
            }
        }
        catch (Exception e) when (!context.Response.HasStarted && Explain(e) is { } answer)
        {
            await RefuseAsync(context, answer.Status, answer.Error, e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
    }

    /// <summary>The body of an order, which may be left out.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            ? await context.Request.ReadFromJsonAsync(type, context.RequestAborted)
            : null;

    private static (int Status, string Error)? Explain(Exception exception) => exception switch
    {
        AdministrationException { Error: AdministrationError.UnknownNode } =>
            (StatusCodes.Status404NotFound, "unknown-node"),
        AdministrationException { Error: AdministrationError.UnknownSession } =>
            (StatusCodes.Status404NotFound, "unknown-session"),
        AdministrationException { Error: AdministrationError.NodeUnreachable } =>
            (StatusCodes.Status502BadGateway, "node-unreachable"),
        AdministrationException => (StatusCodes.Status409Conflict, "refused"),
        BadHttpRequestException bad => (bad.StatusCode, "request"),
        JsonException => (StatusCodes.Status400BadRequest, "json"),
        _ => null,
    };
}
