using System.Globalization;
using System.Text;

namespace PerfLog.Metadata;

/// <summary>Who the controller is: the holder of an ephemeral znode, with an epoch that rises with each holder.</summary>
public static class ControllerElection
{
    /// <summary>Tries to become the controller for as long as the session lasts.</summary>
    /// <returns>The controller there is now: this broker, or the one that was faster.</returns>
    public static async ValueTask<ControllerTerm> RunAsync(
        IMetadataSession session, BrokerId broker, TimeProvider time, CancellationToken cancellation = default)
    {
        var reader = new ClusterReader(session);
        while (true)
        {
            BrokerId holder = await reader.ControllerAsync(cancellation);
            ZnodeResult<Znode> epochNode = await session.GetAsync(ClusterLayout.ControllerEpoch, cancellation);
            int epoch = await reader.ControllerEpochAsync(cancellation);
            if (holder != BrokerId.None) return new ControllerTerm(holder, epoch);

            // Both in one transaction: an epoch belongs to exactly one holder.
            byte[] next = Encoding.ASCII.GetBytes((epoch + 1).ToString(CultureInfo.InvariantCulture));
            var body = new ControllerBody(broker.Value, TimestampMs.Now(time).ToString());
            CommitResult elected = await session.CommitAsync(
                [
                    new ZnodeChange.Create(
                        ClusterLayout.Controller,
                        ZnodeJson.Write(body, ZnodeBodies.Default.ControllerBody),
                        ZnodeMode.Ephemeral),
                    epochNode.Succeeded
                        ? new ZnodeChange.SetData(ClusterLayout.ControllerEpoch, next, epochNode.Value!.Stat.Version)
                        : new ZnodeChange.Create(ClusterLayout.ControllerEpoch, next),
                ],
                cancellation);
            if (elected.Succeeded) return new ControllerTerm(broker, epoch + 1);
            if (elected.Error is not (ZnodeError.NodeExists or ZnodeError.BadVersion or ZnodeError.NoNode))
                throw new MetadataUnavailableException($"{ClusterLayout.Controller} cannot be created: {elected.Error}.");
        }
    }
}

/// <summary>One controller's time in office.</summary>
public sealed record ControllerTerm(BrokerId Broker, int Epoch);
