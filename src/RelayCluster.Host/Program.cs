using RelayCluster.Host.Commands;
using RelayCluster.Host.Terminal;

using CommandTerminal terminal = CommandTerminal.OfProcess();
return await RelayCommand.RunAsync(args, terminal);
