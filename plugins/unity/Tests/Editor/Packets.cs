using System;
using System.Collections.Generic;
using System.Text;

namespace AvatarDriver.Tests
{
    /// <summary>Writes OSC messages, for the tests only.</summary>
    public static class Packets
    {
        /// <summary>A message; the arguments may be string, float or int.</summary>
        public static byte[] Message(string address, params object[] arguments)
        {
            var bytes = new List<byte>();
            string tags = ",";
            foreach (object argument in arguments) tags += argument is string ? 's' : argument is float ? 'f' : 'i';
            AddText(bytes, address);
            AddText(bytes, tags);
            foreach (object argument in arguments)
            {
                if (argument is string text) AddText(bytes, text);
                else AddNumber(bytes, argument is float number ? BitConverter.GetBytes(number) : BitConverter.GetBytes((int)argument));
            }
            return bytes.ToArray();
        }

        private static void AddText(List<byte> bytes, string text)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(text));
            do bytes.Add(0);
            while (bytes.Count % 4 != 0);
        }

        private static void AddNumber(List<byte> bytes, byte[] number)
        {
            if (BitConverter.IsLittleEndian) Array.Reverse(number);
            bytes.AddRange(number);
        }
    }
}
