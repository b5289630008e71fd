using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using AvatarDriver.Protocol;
using NUnit.Framework;

namespace AvatarDriver.Tests
{
    /// <summary>Over real sockets of this computer.</summary>
    public sealed class UdpFaceReceiverTests
    {
        [Test]
        public void AFaceComesThroughAndABadPacketDoesNotEndIt()
        {
            using (var receiver = new UdpFaceReceiver(0))
            using (var sender = new UdpClient())
            {
                Send(sender, receiver.Port, new byte[] { 1, 2, 3 });
                Send(sender, receiver.Port, new byte[0]);
                Send(sender, receiver.Port, new byte[60000]);
                Send(sender, receiver.Port, Packets.Message("/VMC/Ext/Blend/Val", "jawOpen", 0.5f));
                Send(sender, receiver.Port, Packets.Message("/VMC/Ext/Blend/Apply"));
                Wait(() => receiver.Frames.Take());
                CollectionAssert.AreEqual(new[] { "jawOpen=0.5" }, FaceAssembly.Weights(receiver.Frames.Front));
                ReceiveCounts counts = receiver.Statistics.At(Stopwatch.GetTimestamp());
                Assert.AreEqual(3L, counts.BadPackets);
                Assert.AreEqual(2L, counts.Packets);
                Assert.IsTrue(counts.AgeSeconds >= 0 && counts.AgeSeconds < 5);
            }
        }

        [Test]
        public void TheSamePortCanBeOpenedAgainAtOnceAndATakenOneIsSaid()
        {
            var receiver = new UdpFaceReceiver(0);
            int port = receiver.Port;
            try
            {
                Assert.IsFalse(CanOpen(port), "the port was taken twice");
            }
            finally
            {
                receiver.Dispose();
                receiver.Dispose();
            }
            Assert.IsTrue(CanOpen(port), "the port was not freed");
        }

        [Test]
        public void StoppingDoesNotWaitForAPacket()
        {
            var stopping = new Stopwatch();
            for (int i = 0; i < 20; i++)
            {
                var receiver = new UdpFaceReceiver(0);
                Thread.Sleep(10); // by now it waits for a packet
                stopping.Start();
                receiver.Dispose();
                stopping.Stop();
            }
            Assert.IsTrue(stopping.Elapsed.TotalSeconds < 1, stopping.Elapsed.ToString());
        }

        [Test]
        public void FramesAreNeverTornBetweenThreads()
        {
            var buffer = new TripleBuffer<long[]>(() => new long[64]);
            long stop = 0;
            var writer = new Thread(() =>
            {
                for (long n = 1; Interlocked.Read(ref stop) == 0; n++)
                {
                    for (int i = 0; i < 64; i++) buffer.Back[i] = n;
                    buffer.Publish();
                }
            });
            writer.Start();
            long last = 0, taken = 0;
            var watch = Stopwatch.StartNew();
            bool whole = true;
            while (whole && taken < 1000 && watch.Elapsed.TotalSeconds < 5)
            {
                if (!buffer.Take())
                {
                    Thread.Yield();
                    continue;
                }
                taken++;
                long first = buffer.Front[0];
                whole = first > last && Array.TrueForAll(buffer.Front, one => one == first);
                last = first;
            }
            Interlocked.Exchange(ref stop, 1);
            writer.Join();
            Assert.IsTrue(whole && taken > 10, taken + " taken");
        }

        private static void Send(UdpClient sender, int port, byte[] packet)
        {
            sender.Send(packet, packet.Length, new IPEndPoint(IPAddress.Loopback, port));
        }

        private static bool CanOpen(int port)
        {
            try
            {
                new UdpFaceReceiver(port).Dispose();
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        private static void Wait(Func<bool> happened)
        {
            var watch = Stopwatch.StartNew();
            while (!happened())
            {
                Assert.IsTrue(watch.Elapsed.TotalSeconds < 5, "nothing came");
                Thread.Sleep(1);
            }
        }
    }
}
