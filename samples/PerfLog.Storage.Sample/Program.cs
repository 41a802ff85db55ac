using PerfLog.Storage.Sample;

// A log inside a program, without a broker: dotnet run --project samples/PerfLog.Storage.Sample -- DIRECTORY
if (args.Length != 1)
{
    Console.Error.WriteLine("Name the directory for the log.");
    return 2;
}

await Ledger.RunAsync(args[0], Console.Out);
return 0;
