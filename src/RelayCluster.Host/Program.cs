using RelayCluster.Host.Commands;

return await RelayCommand.RunAsync(args, Console.Out, Console.Error);
