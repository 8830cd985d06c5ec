# A relay, alone or as a node of a fleet: docker build -t relaycluster .
#
#   docker run -p 49443:49443 -p 49444:49444 relaycluster serve --host 0.0.0.0
#
# Without a command it is a node of a fleet (hocon/cluster.conf), as docker-compose.cluster.yml starts it.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/RelayCluster.Host -c Release -o /relay -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# libsodium does the cryptography; curl asks for the health.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libsodium23 curl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /relay
COPY --from=build /relay .
COPY hocon /etc/relay

# WebSocket clients and health, TCP clients, administration and /metrics, connections of other nodes.
EXPOSE 49443 49444 49445 49446

# The user of .NET's images, who is not root and owns nothing here.
USER $APP_UID

# What the load balancer asks too. A node that drains is not ready, and goes on: nobody should restart it for that.
HEALTHCHECK --interval=5s --timeout=2s --start-period=30s --retries=3 \
    CMD ["curl", "-fsS", "http://127.0.0.1:49443/health/ready"]

# SIGTERM, which docker sends, drains the node.
ENTRYPOINT ["dotnet", "relay.dll"]
CMD ["serve", "--config", "/etc/relay/cluster.conf"]
