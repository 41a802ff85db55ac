using PerfLog.Benchmarks;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Baselines;
using PerfLog.Benchmarks.Broker.Embedded;
using PerfLog.Benchmarks.Clients;
using PerfLog.Benchmarks.Engine;
using PerfLog.Benchmarks.Groups;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Benchmarks.Serdes;

const string Usage = """
    bench/run.sh broker [--quick] [--json FILE]   the broker's figures, against bare baselines in the same run
                        [--only GROUP]            one group of them, without changing docs/performance.md: throughput,
                                                  latency, pipelined, start, embedded, allocations
    bench/run.sh groups [--quick] [--json FILE]   consumer groups: join, rebalance, commits, memory, loading
                        [--only GROUP]            join, rebalance, commits, allocations, memory, load
    bench/run.sh serdes [--quick] [--json FILE]   record serdes beside other serializers
                        [--only GROUP]            small, wide, nested
    bench/run.sh clients [--quick] [--json FILE]  PerfLog's clients against Confluent.Kafka
                        [--only GROUP]            produce-small, produce-large, consume-small, consume-large, latency
    bench/run.sh engine [--quick] [--json FILE]   the storage engine, against the machine's limits and its peers
                        [--only GROUP]            limits, append, direct, records, durable, read, recovery, partitions, heap
    All but micro     [--ready-memory GIB]        keeps so much free memory (4) within a virtual machine whose host takes free memory back
    bench/run.sh micro [FILTER]                   single hot paths by BenchmarkDotNet; FILTER as '*Crc32C*'
    """;

try
{
    switch (args)
    {
        case ["broker", .. string[] options]:
            BrokerCommand.Run(MeasureOptions.Parse(options, Repository.Find().BuiltProgram));
            return 0;
        case ["groups", .. string[] options]:
            GroupsCommand.Run(MeasureOptions.Parse(options, Repository.Find().BuiltProgram));
            return 0;
        case ["serdes", .. string[] options]:
            SerdesCommand.Run(MeasureOptions.Parse(options, Repository.Find().BuiltProgram));
            return 0;
        case ["clients", .. string[] options]:
            ClientsCommand.Run(MeasureOptions.Parse(options, Repository.Find().BuiltProgram));
            return 0;
        case [ClientWorker.Verb, string library]:
            await ClientWorker.RunAsync(library);
            return 0;
        case ["engine", .. string[] options]:
            EngineCommand.Run(MeasureOptions.Parse(options, Environment.ProcessPath!));
            return 0;
        case [RecoveryFigures.Verb, .. string[] killed]:
            RecoveryFigures.Write(killed);
            return 0;
        case [PartitionFigures.Verb, .. string[] idle]:
            PartitionFigures.OpenIdle(idle);
            return 0;
        case ["micro", .. string[] filters]:
            MicroCommand.Run(filters);
            return 0;
        case ["baseline", .. string[] baseline]:
            await BaselineCommand.RunAsync(baseline);
            return 0;
        case [EmbeddedStarts.Verb, .. string[] starts]:
            await EmbeddedStarts.RunAsync(starts);
            return 0;
        default:
            throw new UsageException("A command is needed.");
    }
}
catch (UsageException wrong)
{
    Console.Error.WriteLine($"{wrong.Message}\n\n{Usage}");
    return 2;
}
catch (Exception failure) when (failure is IOException or InvalidOperationException or InvalidDataException)
{
    Console.Error.WriteLine($"bench: {failure.Message}");
    return 1;
}
