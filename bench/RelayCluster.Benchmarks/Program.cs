using BenchmarkDotNet.Running;
using RelayCluster.Benchmarks.Udx;

// dotnet run -c Release --project bench/RelayCluster.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(PacketHeaderBenchmarks).Assembly).Run(args);
