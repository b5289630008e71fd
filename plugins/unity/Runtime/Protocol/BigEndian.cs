using System.Runtime.InteropServices;

namespace AvatarDriver.Protocol
{
    /// <summary>Numbers as OSC writes them. The caller has checked that the bytes are there.</summary>
    internal static class BigEndian
    {
        public static int Int32(byte[] bytes, int at)
        {
            return bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
        }

        public static float Single(byte[] bytes, int at)
        {
            return new Bits { Integer = Int32(bytes, at) }.Number;
        }

        // BitConverter would want the four bytes turned round, in an array of their own.
        [StructLayout(LayoutKind.Explicit)]
        private struct Bits
        {
            [FieldOffset(0)] public int Integer;
            [FieldOffset(0)] public float Number;
        }
    }
}
