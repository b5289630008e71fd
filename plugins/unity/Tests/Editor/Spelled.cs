using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using AvatarDriver.Protocol;

namespace AvatarDriver.Tests
{
    /// <summary>Packets in words, so that they can be compared with what other decoders say.</summary>
    public static class Spelled
    {
        /// <summary>A packet written in hex.</summary>
        public static byte[] Bytes(string hex)
        {
            var bytes = new byte[hex.Length / 2];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
            return bytes;
        }

        /// <summary>
        /// Each message of a packet as "address tags argument ...": numbers as their bits in hex, texts and blobs as
        /// their bytes in hex between brackets. One line "refused" for a packet that is.
        /// </summary>
        public static List<string> Packet(OscReader reader, byte[] bytes, int count)
        {
            var lines = new List<string>();
            if (!reader.Open(bytes, count)) lines.Add("refused");
            else
                while (reader.Next(out OscMessage message)) lines.Add(Message(message, bytes));
            return lines;
        }

        private static string Message(OscMessage message, byte[] bytes)
        {
            var line = new StringBuilder(Hex(Encoding.UTF8.GetBytes(message.Address)) + " " + message.Tags);
            OscArguments arguments = message.Arguments;
            while (arguments.Next != '\0') line.Append(' ').Append(Argument(ref arguments, bytes));
            return line.ToString();
        }

        private static string Argument(ref OscArguments arguments, byte[] bytes)
        {
            if (arguments.TakeFloat(out float number))
                return BitConverter.ToInt32(BitConverter.GetBytes(number), 0).ToString("x8", CultureInfo.InvariantCulture);
            if (arguments.TakeInt(out int integer)) return integer.ToString("x8", CultureInfo.InvariantCulture);
            if (arguments.TakeBool(out bool value)) return value ? "T" : "F";
            if (arguments.TakeText(out int at, out int length)) return Hex(bytes, at, length);
            if (arguments.TakeBlob(out at, out length)) return Hex(bytes, at, length);
            throw new InvalidOperationException("a type that should have been skipped: " + arguments.Next);
        }

        private static string Hex(byte[] bytes)
        {
            return Hex(bytes, 0, bytes.Length);
        }

        private static string Hex(byte[] bytes, int at, int length)
        {
            return "[" + BitConverter.ToString(bytes, at, length).Replace("-", "").ToLowerInvariant() + "]";
        }
    }
}
