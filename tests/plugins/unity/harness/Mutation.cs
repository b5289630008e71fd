using System;
using AvatarDriver.Tests;

// Random packets: noise, and golden packets with bytes changed, cut, doubled and joined. The same seed gives the same.
sealed class Mutation
{
    private static readonly byte[] Telling = { 0, 1, 2, 3, 4, 7, 8, 0x23, 0x2c, 0x2f, 0x62, 0x64, 0x66, 0x73, 0x7f, 0x80, 0xc2, 0xed, 0xf4, 0xff };
    private uint _state;

    public Mutation(uint seed) { _state = seed * 2654435761u + 1; }

    public byte[] Packet()
    {
        if (Below(20) == 0) return Noise(Below(200));
        byte[] packet = (byte[])Golden().Clone();
        if (Below(4) == 0) packet = Join(packet, Golden());
        if (Below(4) == 0) packet = Bundle(packet, Below(7));
        for (int changes = Below(4); changes > 0 && packet.Length > 0; changes--)
            packet[Below(packet.Length)] = Below(2) == 0 ? Telling[Below(Telling.Length)] : (byte)Below(256);
        if (Below(4) == 0) Array.Resize(ref packet, Below(packet.Length + 9));
        return packet;
    }

    public int Below(int limit)
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return (int)(_state % (uint)limit);
    }

    private byte[] Golden()
    {
        int which = Below(GoldenPackets.Accepted.Length + GoldenPackets.Refused.Length) - GoldenPackets.Refused.Length;
        return Spelled.Bytes((which < 0 ? GoldenPackets.Refused[-which - 1] : GoldenPackets.Accepted[which]).Hex);
    }

    private byte[] Noise(int length)
    {
        var noise = new byte[length];
        for (int i = 0; i < length; i++) noise[i] = (byte)Below(256);
        return noise;
    }

    private byte[] Bundle(byte[] inner, int depth)
    {
        for (; depth > 0; depth--)
            inner = Join(Spelled.Bytes("2362756e646c65000000000000000001" + inner.Length.ToString("x8")), inner);
        return inner;
    }

    private static byte[] Join(byte[] a, byte[] b)
    {
        var joined = new byte[a.Length + b.Length];
        a.CopyTo(joined, 0);
        b.CopyTo(joined, a.Length);
        return joined;
    }
}
