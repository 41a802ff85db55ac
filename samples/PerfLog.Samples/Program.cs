using PerfLog.Samples;

// Each sample is one small file. Run one against a broker: dotnet run --project samples/PerfLog.Samples -- quick-start 127.0.0.1:9092
string servers = args.Length > 1 ? args[1] : "127.0.0.1:9092";
Func<string, Task>? sample = args.FirstOrDefault() switch
{
    "quick-start" => QuickStart.RunAsync,
    "simple" => SimpleProducer.RunAsync,
    "keyed" => KeyedRecords.RunAsync,
    "results" => SendResults.RunAsync,
    "partitioner" => CustomPartitioner.RunAsync,
    "assign" => AssignedPartitions.RunAsync,
    "commits" => Commits.RunAsync,
    "listener" => RebalanceListener.RunAsync,
    "shutdown" => WakeupOnShutdown.RunAsync,
    "admin" => Administration.RunAsync,
    "typed" => TypedRecords.RunAsync,
    _ => null,
};
if (sample is null)
{
    Console.Error.WriteLine("Name a sample: quick-start, simple, keyed, results, partitioner, assign, commits, listener, shutdown, admin or typed.");
    return 2;
}

await sample(servers);
return 0;
