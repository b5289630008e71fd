using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using AvatarDriver.Protocol;
using AvatarDriver.Tests;

// Receives on a free port, as a game does that looks for a face at its own rate, until standard input ends.
static class Receiving
{
    // Writes the port; at the end a line for each frame it saw: ticks of its Apply, ticks when the game had it, the
    // sender's time, tracked, weights as bits. Then a line of counts. Ticks are 100 ns of CLOCK_MONOTONIC.
    public static void Run(double gameHertz, string what)
    {
        var seen = new List<string>();
        using (var receiver = new UdpFaceReceiver(0))
        {
            Console.WriteLine(receiver.Port);
            Console.Out.Flush();
            bool ended = false;
            var input = new Thread(() => { Console.In.ReadToEnd(); Volatile.Write(ref ended, true); }) { IsBackground = true };
            input.Start();
            var shapes = new MeshShapes(ArkitShapes.Names);
            var weights = new float[52];
            while (!Volatile.Read(ref ended))
            {
                if (receiver.Frames.Take())
                {
                    FaceFrame frame = receiver.Frames.Front;
                    shapes.Learn(frame.Names);
                    for (int i = 0; i < 52; i++) shapes.TryRead(frame, i, out weights[i], out _);
                    long applied = Stopwatch.GetTimestamp();
                    seen.Add(frame.Received + " " + applied + " " + frame.SenderTime.ToString("R") + " "
                        + (frame.Tracked ? 1 : 0) + (what == "weights" ? " " + Weights(frame) : ""));
                }
                Thread.Sleep(TimeSpan.FromSeconds(1 / gameHertz));
            }
            foreach (string line in seen) Console.WriteLine(line);
            ReceiveCounts counts = receiver.Statistics.At(Stopwatch.GetTimestamp());
            Console.WriteLine("counts " + counts.Packets + " " + counts.BadPackets + " " + counts.Frames + " "
                + counts.UnseenFrames + " " + counts.Gaps + " " + counts.SocketErrors);
        }
    }

    private static string Weights(FaceFrame frame)
    {
        return string.Join(" ", FaceAssembly.Weights(frame));
    }
}
