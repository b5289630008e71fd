using System.Text;
using System.Threading;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// The names a sender uses, each with a number that stays. A name becomes a string once, when it is first heard;
    /// after that its bytes are looked up. One thread adds, any thread may read.
    /// </summary>
    public sealed class NameTable
    {
        /// <summary>Longest name that is kept, in bytes.</summary>
        public const int LongestName = 256;

        private readonly ShapeName[] _names;
        private readonly byte[][] _bytes;
        private readonly int[] _places; // open addressing: number + 1, or 0
        private int _count;

        /// <param name="capacity">How many names are kept. Further ones are refused: senders may be hostile.</param>
        public NameTable(int capacity)
        {
            _names = new ShapeName[capacity];
            _bytes = new byte[capacity][];
            int places = 4;
            while (places < 2 * capacity) places *= 2;
            _places = new int[places];
        }

        /// <summary>How many names there are.</summary>
        public int Count => Volatile.Read(ref _count);

        /// <summary>How many names it can hold.</summary>
        public int Capacity => _names.Length;

        /// <summary>The name with a number below <see cref="Count"/>.</summary>
        public ShapeName this[int number] => _names[number];

        /// <summary>The number of a name, exactly as written, or −1. Searches all names: not for every frame.</summary>
        public int Find(string text)
        {
            int count = Count;
            for (int i = 0; i < count; i++)
                if (string.Equals(_names[i].Text, text, System.StringComparison.Ordinal)) return i;
            return -1;
        }

        /// <summary>The number of a name given in UTF-8, new or known; −1 if it is too long or the table is full.</summary>
        internal int Number(byte[] packet, int at, int length)
        {
            int place = Hash(packet, at, length) & (_places.Length - 1);
            while (_places[place] != 0)
            {
                int number = _places[place] - 1;
                if (Same(_bytes[number], packet, at, length)) return number;
                place = (place + 1) & (_places.Length - 1);
            }
            return Add(place, packet, at, length);
        }

        private int Add(int place, byte[] packet, int at, int length)
        {
            int number = _count;
            if (number == _names.Length || length > LongestName) return -1;
            var bytes = new byte[length];
            System.Array.Copy(packet, at, bytes, 0, length);
            _bytes[number] = bytes;
            _names[number] = new ShapeName(Encoding.UTF8.GetString(bytes));
            _places[place] = number + 1;
            Volatile.Write(ref _count, number + 1); // readers see the name before its number
            return number;
        }

        private static bool Same(byte[] name, byte[] packet, int at, int length)
        {
            if (name.Length != length) return false;
            for (int i = 0; i < length; i++)
                if (name[i] != packet[at + i]) return false;
            return true;
        }

        // FNV-1a, 32 bits.
        private static int Hash(byte[] packet, int at, int length)
        {
            uint hash = 2166136261;
            for (int i = 0; i < length; i++) hash = (hash ^ packet[at + i]) * 16777619;
            return (int)(hash ^ hash >> 15);
        }
    }
}
