using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PerfLog.Client.Consuming;
using PerfLog.Records;

namespace PerfLog.Client.Hosting;

/// <summary>
/// Polls and hands each record to a handler, for as long as the host runs. With <c>enable.auto.commit</c> polls commit what earlier
/// ones returned, from time to time; without it each batch is committed when it is done. Either way a record is committed after its
/// handler has finished, never before, and stopping commits what is done.
/// </summary>
/// <param name="name">The consumer's; empty for the only one.</param>
/// <param name="settings">How it works.</param>
/// <param name="pulse">Is told how it goes.</param>
/// <param name="services">Where handlers and deserializers come from.</param>
internal sealed class ConsumerWorker<TKey, TValue,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
    string name, ConsumerSettings settings, ConsumerPulse pulse, IServiceProvider services) : BackgroundService
    where THandler : class, IRecordHandler<TKey, TValue>
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(1);

    private readonly ConsumerOptions _options = settings.Build();
    private readonly IServiceScopeFactory _scopes = services.GetRequiredService<IServiceScopeFactory>();
    private readonly WorkerLog _log = new(
        services.GetRequiredService<ILoggerFactory>().CreateLogger("PerfLog.Client.Hosting.Consumer"), name.Length == 0 ? "consumer" : name);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using (Consumer<TKey, TValue> consumer = new(
                _options with { LoggerFactory = services.LogOf(_options.LoggerFactory) }, services.Serde<IDeserializer<TKey>>(name), services.Serde<IDeserializer<TValue>>(name)))
            {
                consumer.Subscribe([.. settings.Topics], _log);
                _log.Started(settings.Topics, _options.GroupId);
                await RunAsync(consumer, stoppingToken);
            }

            pulse.Stopped();
            _log.Stopped();
        }
        catch (Exception failure)
        {
            pulse.Stopped(failure);
            _log.Failed(failure);
            throw;
        }
    }

    private async Task RunAsync(Consumer<TKey, TValue> consumer, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            pulse.Polls();
            try
            {
                using ConsumedBatch<TKey, TValue> batch = await consumer.PollAsync(PollTimeout, stopping);
                if (batch.Count > 0) await HandleAsync(consumer, batch, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Nothing was polled, or what was is given back.
            }
        }
    }

    private async Task HandleAsync(Consumer<TKey, TValue> consumer, ConsumedBatch<TKey, TValue> batch, CancellationToken stopping)
    {
        int done = 0;
        bool isRetry = false;
        await using AsyncServiceScope scope = _scopes.CreateAsyncScope();
        try
        {
            Func<ConsumedRecord<TKey, TValue>, CancellationToken, ValueTask> handler =
                ActivatorUtilities.GetServiceOrCreateInstance<THandler>(scope.ServiceProvider).HandleAsync;
            while (done < batch.Count && !isRetry && !stopping.IsCancellationRequested)
            {
                isRetry = !await TryHandleAsync(handler, batch[done], stopping);
                if (!isRetry) done++;
            }
        }
        finally
        {
            consumer.Return(batch, done);
            // Not by the host's token: what is done is committed even though the host stops.
            if (!_options.EnableAutoCommit && done > 0) await consumer.CommitAsync(CancellationToken.None);
        }

        if (isRetry) await Task.Delay(settings.RetryPause, _options.Time, stopping);
    }

    /// <returns>False when the record is to be handed over again.</returns>
    private async ValueTask<bool> TryHandleAsync(
        Func<ConsumedRecord<TKey, TValue>, CancellationToken, ValueTask> handler,
        ConsumedRecord<TKey, TValue> record,
        CancellationToken stopping)
    {
        try
        {
            await record.ProcessAsync(handler, _options.GroupId, stopping);
            return true;
        }
        catch (Exception failure) when (
            settings.OnFailure != HandlerFailure.Stop && !(failure is OperationCanceledException && stopping.IsCancellationRequested))
        {
            _log.HandlerFailed(failure, record.TopicPartition, record.Offset, settings.OnFailure);
            return settings.OnFailure == HandlerFailure.Skip;
        }
    }
}
