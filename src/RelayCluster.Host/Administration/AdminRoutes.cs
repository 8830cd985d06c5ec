using RelayCluster.Cluster.Administration;

namespace RelayCluster.Host.Administration;

/// <summary>What the admin endpoint answers; <c>docs/admin.md</c> is the page about it.</summary>
internal static class AdminRoutes
{
    private const string KickReason = "Closed by an operator";

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    public static void MapAdministration(this IEndpointRouteBuilder routes, FleetAdministration administration)
    {
        routes.MapGet("/v1/members", context => AdminAnswers.WriteAsync(
            context, administration.GetMembers(), AdministrationJson.Default.IReadOnlyListMemberSummary));
        routes.MapGet("/v1/sessions", context => AdminAnswers.WriteLinesAsync(
            context,
            administration.GetSessionsAsync(context.Request.Query["node"], context.RequestAborted),
            AdministrationJson.Default.FleetLineSessionSummary));
        routes.MapGet("/v1/sessions/{id}", async context => await AdminAnswers.WriteAsync(
            context,
            await administration.GetSessionAsync(Get(context, "id"), context.RequestAborted),
            AdministrationJson.Default.SessionTree));
        routes.MapGet("/v1/shards", context => AdminAnswers.WriteLinesAsync(
            context,
            administration.GetShardsAsync(context.RequestAborted),
            AdministrationJson.Default.FleetLineShardSummary));
        routes.MapGet("/v1/lookups", context => AdminAnswers.WriteLinesAsync(
            context,
            administration.GetLookupsAsync(context.RequestAborted),
            AdministrationJson.Default.FleetLineTopicLookup));
        routes.MapPost("/v1/sessions/{id}/kick", async context =>
        {
            KickWish? wish = await AdminAnswers.ReadAsync(context, AdminJson.Default.KickWish);
            string reason = wish?.Reason is { Length: > 0 } given ? given : KickReason;
            await administration.KickAsync(Get(context, "id"), reason, context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        routes.MapPost("/v1/nodes/{node}/drain", async context =>
        {
            TimeSpan? timeout = (await AdminAnswers.ReadAsync(context, AdminJson.Default.DrainWish))?.Timeout;
            if (timeout < TimeSpan.Zero || timeout > MaxTimeout)
            {
                throw new BadHttpRequestException($"timeout: expected 0 to {MaxTimeout.TotalSeconds} seconds");
            }

            await AdminAnswers.WriteAsync(
                context,
                await administration.DrainAsync(Get(context, "node"), timeout, context.RequestAborted),
                AdministrationJson.Default.NodeReply);
        });
        routes.MapPost("/v1/nodes/{node}/resume", async context => await AdminAnswers.WriteAsync(
            context,
            await administration.ResumeAsync(Get(context, "node"), context.RequestAborted),
            AdministrationJson.Default.NodeReply));
    }

    private static string Get(HttpContext context, string name) => (string)context.GetRouteValue(name)!;
}
