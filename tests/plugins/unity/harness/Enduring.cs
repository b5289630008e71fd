using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Threading;
using AvatarDriver.Protocol;
using AvatarDriver.Tests;

// Receives for a long time and says, now and then, how much memory there is.
static class Enduring
{
    // From the first frame on, lines of: seconds, frames, bad packets, gaps, managed bytes after a collection, resident KiB, collections so far.
    public static void Run(double seconds, double every)
    {
        using (var receiver = new UdpFaceReceiver(0))
        {
            Console.WriteLine(receiver.Port);
            Console.Out.Flush();
            while (!receiver.Frames.Take()) Thread.Sleep(1);
            var watch = Stopwatch.StartNew();
            double next = every;
            while (watch.Elapsed.TotalSeconds < seconds)
            {
                receiver.Frames.Take();
                Thread.Sleep(16);
                if (watch.Elapsed.TotalSeconds < next) continue;
                next += every;
                int collections = GC.CollectionCount(0);
                ReceiveCounts counts = receiver.Statistics.At(Stopwatch.GetTimestamp());
                Console.WriteLine(watch.Elapsed.TotalSeconds.ToString("0") + " " + counts.Frames + " " + counts.BadPackets
                    + " " + counts.Gaps + " " + GC.GetTotalMemory(true) + " " + ResidentKib() + " " + collections);
                Console.Out.Flush();
            }
        }
    }

    // Packets through a real socket and thread: how many bytes were allocated by the whole program, per packet.
    public static void CountAllocations(int packets)
    {
        byte[] packet = Spelled.Bytes(GoldenPackets.Accepted[GoldenPackets.Accepted.Length - 1].Hex);
        using (var receiver = new UdpFaceReceiver(0))
        using (var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            sender.Connect(new IPEndPoint(IPAddress.Loopback, receiver.Port));
            Play(sender, receiver, packet, 2000);
            GC.Collect();
            int collections = GC.CollectionCount(0);
            long before = GC.GetTotalMemory(false);
            long received = Play(sender, receiver, packet, packets);
            Console.WriteLine(received + " " + (GC.GetTotalMemory(false) - before) + " " + (GC.CollectionCount(0) - collections));
        }
    }

    private static long Play(Socket sender, UdpFaceReceiver receiver, byte[] packet, int count)
    {
        long before = receiver.Statistics.At(0).Packets;
        for (int i = 1; i <= count; i++)
        {
            sender.Send(packet);
            // Not faster than it is heard, or the system drops what is too much.
            if (i % 32 == 0) Await(receiver, before + i);
        }
        Await(receiver, before + count);
        return receiver.Statistics.At(0).Packets - before;
    }

    private static void Await(UdpFaceReceiver receiver, long packets)
    {
        for (int i = 0; i < 5000 && receiver.Statistics.At(0).Packets < packets; i++) Thread.Sleep(i < 100 ? 0 : 1);
    }

    private static long ResidentKib()
    {
        foreach (string line in File.ReadAllLines("/proc/self/status"))
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal)) return long.Parse(line.Substring(6).Replace("kB", "").Trim());
        return -1;
    }
}
