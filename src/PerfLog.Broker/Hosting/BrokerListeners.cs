using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Broker.Networking;
using PerfLog.Polling;
using PerfLog.Metadata;

namespace PerfLog.Broker.Hosting;

/// <summary>Opens the addresses that a broker is configured to listen on, and tells what clients are to be told of them.</summary>
internal static class BrokerListeners
{
    /// <summary>Binds one listener; it takes no connection before it is started.</summary>
    /// <exception cref="IOException">The host is unknown or the address is taken.</exception>
    public static Listener Open(
        ListenerEndpoint endpoint, BrokerOptions options, BrokerServices services, PollLoops? loops, TimeProvider time, ILogger logger)
    {
        var limits = new ConnectionLimits
        {
            FrameBytesMax = options.RequestBytesMax,
            InFlightMax = options.QueuedRequestsMax,
            IdleMsMax = options.ConnectionIdleMsMax < 0 ? long.MaxValue : options.ConnectionIdleMsMax,
        };
        var settings = new ListenerSettings
        {
            ConnectionsMax = options.ConnectionsMax,
            ConnectionsPerIpMax = options.ConnectionsPerIpMax,
            Backlog = options.ListenBacklog,
            SendBufferBytes = options.SocketSendBufferBytes,
            ReceiveBufferBytes = options.SocketReceiveBufferBytes,
        };
        return new Listener(Resolve(endpoint), limits, settings, loops, services.BuildRouter(endpoint.Name), time, logger);
    }

    /// <summary>What clients are told: the advertised host and port, or what is really listened on where those are open.</summary>
    public static BrokerEndpoint Advertise(ListenerEndpoint advertised, ListenerEndpoint listened, IPEndPoint actual)
    {
        string host = advertised.Host.Length > 0 && !IsAny(advertised.Host) ? advertised.Host : Reachable(actual);
        int port = advertised.Port != 0 && advertised.Port != listened.Port ? advertised.Port : actual.Port;
        return new BrokerEndpoint(advertised.Name, advertised.SecurityProtocol, host, port);
    }

    private static bool IsAny(string host) => IPAddress.TryParse(host, out IPAddress? address) && IsAny(address);

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>Who listens everywhere is reached by the machine's name.</summary>
    private static string Reachable(IPEndPoint actual) => IsAny(actual.Address) ? Dns.GetHostName() : actual.Address.ToString();

    private static IPEndPoint Resolve(ListenerEndpoint endpoint)
    {
        if (endpoint.Host.Length == 0) return new IPEndPoint(IPAddress.Any, endpoint.Port);
        if (IPAddress.TryParse(endpoint.Host, out IPAddress? address)) return new IPEndPoint(address, endpoint.Port);
        try
        {
            IPAddress[] found = Dns.GetHostAddresses(endpoint.Host);
            IPAddress first = found.FirstOrDefault(static candidate => candidate.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
            return new IPEndPoint(first, endpoint.Port);
        }
        catch (SocketException error)
        {
            throw new IOException($"The host \"{endpoint.Host}\" of {BrokerKeys.Listeners} is unknown: {error.Message}.", error);
        }
    }
}
