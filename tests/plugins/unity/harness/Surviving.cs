using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Threading;
using AvatarDriver.Protocol;
using AvatarDriver.Tests;

// Real errors of the real socket, and a face after each.
static class Surviving
{
    public static void Run()
    {
        using (var receiver = new UdpFaceReceiver(0))
        {
            Face(receiver, 0, 1);
            Console.WriteLine("before " + Errors(receiver));
            int port = Refuse(receiver);
            Wait(() => Errors(receiver) > 0);
            Console.WriteLine("refused " + Errors(receiver));
            Face(receiver, port, 2); // a connected socket hears that port only
            Console.WriteLine("face");
            Socket(receiver).Close();
            Wait(() => Errors(receiver) > 1);
            Console.WriteLine("closed " + Errors(receiver));
            // While the port is someone else's, it waits; then it goes on.
            Face(receiver, 0, 3);
            Console.WriteLine("face");
            Console.WriteLine("frames " + receiver.Statistics.At(0).Frames);
        }
    }

    // An ICMP "port unreachable" becomes an error of the next receive, on Windows and, for a connected socket, on Linux.
    private static int Refuse(UdpFaceReceiver receiver)
    {
        int port;
        using (var closed = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)))
            port = ((IPEndPoint)closed.Client.LocalEndPoint).Port;
        Socket(receiver).Connect(new IPEndPoint(IPAddress.Loopback, port));
        Socket(receiver).Send(new byte[4]);
        return port;
    }

    private static void Face(UdpFaceReceiver receiver, int fromPort, long frames)
    {
        byte[] apply = Packets.Message("/VMC/Ext/Blend/Apply");
        using (var sender = new UdpClient(new IPEndPoint(IPAddress.Loopback, fromPort)))
            Wait(() =>
            {
                if (receiver.Statistics.At(0).Frames >= frames) return true;
                sender.Send(apply, apply.Length, new IPEndPoint(IPAddress.Loopback, receiver.Port));
                Thread.Sleep(30);
                return false;
            });
    }

    private static Socket Socket(UdpFaceReceiver receiver)
    {
        return (Socket)typeof(UdpFaceReceiver).GetField("_socket", BindingFlags.NonPublic | BindingFlags.Instance).GetValue(receiver);
    }

    private static long Errors(UdpFaceReceiver receiver)
    {
        return receiver.Statistics.At(0).SocketErrors;
    }

    private static void Wait(Func<bool> happened)
    {
        var watch = Stopwatch.StartNew();
        while (!happened())
        {
            if (watch.Elapsed.TotalSeconds > 8) throw new TimeoutException("it did not happen");
            Thread.Sleep(5);
        }
    }
}
