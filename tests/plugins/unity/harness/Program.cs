// What the Python tests ask of the package's core, each as one command. Answers go to standard output.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using AvatarDriver.Protocol;
using AvatarDriver.Tests;

static class Program
{
    static int Main(string[] arguments)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        switch (arguments[0])
        {
            case "decode": Decode(); return 0;
            case "assemble": Assemble(); return 0;
            case "truncate": return Truncate();
            case "fuzz": return Fuzz(int.Parse(arguments[1]), uint.Parse(arguments[2]));
            case "allocate": Allocate(int.Parse(arguments[1])); return 0;
            case "receive": Receiving.Run(double.Parse(arguments[1]), arguments[2]); return 0;
            case "endure": Enduring.Run(double.Parse(arguments[1]), double.Parse(arguments[2])); return 0;
            case "allocate-udp": Enduring.CountAllocations(int.Parse(arguments[1])); return 0;
            case "survive": Surviving.Run(); return 0;
            default: Console.Error.WriteLine("unknown: " + arguments[0]); return 2;
        }
    }

    // A packet in hex per line in; its messages out, with tabs between them, and how many were skipped.
    static void Decode()
    {
        var reader = new OscReader();
        for (string line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            byte[] bytes = Spelled.Bytes(line);
            List<string> messages = Spelled.Packet(reader, bytes, bytes.Length);
            Console.WriteLine(reader.Skipped + "\t" + string.Join("\t", messages));
        }
    }

    // A packet in hex per line in; one line out for each face that it completes, and an empty one at its end.
    static void Assemble()
    {
        var assembler = new VmcAssembler(new ReceiveStatistics());
        for (string line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            byte[] bytes = Spelled.Bytes(line);
            assembler.Add(bytes, bytes.Length, 0);
            if (assembler.Frames.Take()) Console.WriteLine(Face(assembler.Frames.Front));
            Console.WriteLine();
        }
    }

    static string Face(FaceFrame frame)
    {
        var words = new List<string> { frame.Tracked ? "tracked" : "lost", Bits(frame.SenderTime) };
        for (int i = 0; i < frame.WeightCount; i++)
            if (frame.TryWeight(i, out float weight)) words.Add(frame.Names[i].Text + "=" + Bits(weight));
        for (int i = 0; i < frame.BoneCount; i++)
            if (frame.TryBone(i, out BonePose p))
                words.Add(frame.BoneNames[i].Text + "=" + string.Join(",", new[] {
                    Bits(p.PositionX), Bits(p.PositionY), Bits(p.PositionZ), Bits(p.X), Bits(p.Y), Bits(p.Z), Bits(p.W) }));
        return string.Join("\t", words);
    }

    static string Bits(float number)
    {
        return BitConverter.ToInt32(BitConverter.GetBytes(number), 0).ToString("x8");
    }

    // Every golden packet cut at every length, in a buffer that ends there: reading beyond it would throw.
    static int Truncate()
    {
        var assembler = new VmcAssembler(new ReceiveStatistics());
        int cut = 0, accepted = 0;
        var reader = new OscReader();
        foreach (GoldenPacket golden in GoldenPackets.Accepted)
        {
            byte[] whole = Spelled.Bytes(golden.Hex);
            for (int count = 0; count < whole.Length; count++, cut++)
            {
                var bytes = new byte[count];
                Array.Copy(whole, bytes, count);
                if (reader.Open(bytes, count)) accepted++;
                assembler.Add(bytes, count, 0);
            }
        }
        Console.WriteLine(cut + " " + accepted);
        return 0;
    }

    // Random and mutated packets. An exception ends the program; reading beyond a packet is one, as its buffer ends there.
    static int Fuzz(int packets, uint seed)
    {
        var assembler = new VmcAssembler(new ReceiveStatistics());
        var random = new Mutation(seed);
        var statistics = new ReceiveStatistics();
        assembler = new VmcAssembler(statistics);
        for (int i = 0; i < packets; i++)
        {
            byte[] packet = random.Packet();
            assembler.Add(packet, packet.Length, i);
            if (assembler.Frames.Take()) Face(assembler.Frames.Front);
        }
        ReceiveCounts counts = statistics.At(packets);
        Console.WriteLine(counts.Packets + " " + counts.BadPackets + " " + counts.Frames);
        return 0;
    }

    static void Allocate(int packets)
    {
        var assembler = new VmcAssembler(new ReceiveStatistics());
        var whole = new List<byte[]>();
        foreach (GoldenPacket golden in GoldenPackets.Accepted) whole.Add(Spelled.Bytes(golden.Hex));
        foreach (GoldenPacket golden in GoldenPackets.Refused) whole.Add(Spelled.Bytes(golden.Hex));
        var shapes = new MeshShapes(ArkitShapes.Names);
        Play(assembler, shapes, whole, 1000);
        int collections = GC.CollectionCount(0);
        long before = Allocated();
        var watch = Stopwatch.StartNew();
        Play(assembler, shapes, whole, packets);
        watch.Stop();
        Console.WriteLine((Allocated() - before) + " " + (GC.CollectionCount(0) - collections)
            + " " + watch.Elapsed.TotalMilliseconds * 1000 / packets);
    }

    static void Play(VmcAssembler assembler, MeshShapes shapes, List<byte[]> packets, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] packet = packets[i % packets.Count];
            assembler.Add(packet, packet.Length, i);
            if (!assembler.Frames.Take()) continue;
            shapes.Learn(assembler.Frames.Front.Names);
            for (int shape = 0; shape < shapes.Count; shape++) shapes.TryRead(assembler.Frames.Front, shape, out _, out _);
        }
    }

    static readonly Func<long> Allocated = (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), typeof(GC).GetMethod(
        "GetAllocatedBytesForCurrentThread", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic));
}
