using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PerfLog.Samples.Worker;

// Start a broker with `./perflog start`, then: dotnet run --project samples/PerfLog.Samples.Worker
HostApplicationBuilder builder = Host.CreateApplicationBuilder(
    new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
IConfiguration kafka = builder.Configuration.GetSection("Kafka");
builder.Services.AddPerfLogProducer<string, string>(kafka.GetSection("Producer"));
builder.Services.AddPerfLogConsumer<string, string, GreetingHandler>(kafka.GetSection("Consumer"), ["greetings"]);
builder.Services.AddPerfLogAdminClient(kafka.GetSection("Admin"));
builder.Services.AddHealthChecks().AddPerfLogCluster().AddPerfLogConsumer();
builder.Services.AddHostedService<GreetingSender>();
await builder.Build().RunAsync();
