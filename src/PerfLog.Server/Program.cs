using PerfLog.Server;
using PerfLog.Server.Commands;
using PerfLog.Server.Output;

StandardOutput.Install();
using var signals = new StopSignals();
return await PerfLogCommand.RunAsync(args, Console.Out, Console.Error, signals.Token);
