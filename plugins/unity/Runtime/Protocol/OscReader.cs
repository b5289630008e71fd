using System;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// Reads OSC 1.0 packets, bundles in bundles among them, and trusts nothing: whoever is on the network may have
    /// sent them. A packet is checked whole before its first message is handed out, so a bad one changes nothing.
    /// Time tags are ignored, as other VMC receivers do. Reading allocates nothing. One reader serves one thread.
    /// </summary>
    /// <remarks>
    /// VMC uses the types i f s b T F. The others of OSC 1.0 and 1.1 (d h t c r m S N I and brackets) are skipped by
    /// their lengths and make their own message void, not its neighbours in the bundle.
    /// </remarks>
    public sealed class OscReader
    {
        /// <summary>How many bundles may lie in each other; nobody who means well sends more than two.</summary>
        public const int MostBundles = 4;

        private const int Word = 4;
        private const int BundleHeader = 16;
        private static readonly byte[] BundleName = { 35, 98, 117, 110, 100, 108, 101, 0 }; // "#bundle" and NUL

        private readonly int[] _ends = new int[MostBundles + 1];
        private byte[] _bytes = Array.Empty<byte>();
        private int _count;
        private int _at;
        private int _depth;
        private bool _begun;

        /// <summary>Why the packet is refused.</summary>
        public OscFault Fault { get; private set; }

        /// <summary>How many messages of the packet were left out for types that VMC does not use.</summary>
        public int Skipped { get; private set; }

        /// <summary>Checks a packet, whose messages <see cref="Next"/> then gives.</summary>
        /// <param name="bytes">A buffer that holds the packet; it is read until the next call.</param>
        /// <param name="count">How many bytes the packet has, from the buffer's first.</param>
        /// <returns>False if the packet is refused; <see cref="Fault"/> says why.</returns>
        public bool Open(byte[] bytes, int count)
        {
            if (bytes == null) throw new ArgumentNullException(nameof(bytes));
            if (count < 0 || count > bytes.Length) throw new ArgumentOutOfRangeException(nameof(count));
            _bytes = bytes;
            _count = count;
            Rewind();
            int taken = 0;
            while (Next(out _)) taken++;
            if (Fault == OscFault.None && taken == 0 && Skipped > 0) Fault = OscFault.NothingToTake;
            if (Fault != OscFault.None) return false;
            Rewind();
            return true;
        }

        /// <summary>The packet's next message; false when there are no more.</summary>
        public bool Next(out OscMessage message)
        {
            while (Fault == OscFault.None && NextElement(out int end))
            {
                if (IsBundle(end)) Enter(end);
                else if (ReadMessage(end, out message)) return true;
            }
            message = default;
            return false;
        }

        private void Rewind()
        {
            Fault = OscFault.None;
            Skipped = 0;
            _at = 0;
            _depth = 0;
            _begun = false;
        }

        private bool NextElement(out int end)
        {
            while (_depth > 0 && _at == _ends[_depth]) _depth--;
            end = _count;
            if (_depth == 0)
            {
                bool first = !_begun;
                _begun = true;
                return first;
            }
            int left = _ends[_depth] - _at - Word;
            if (left < 0) return Refuse(OscFault.CutOff);
            int size = BigEndian.Int32(_bytes, _at);
            if (size <= 0 || size % Word != 0 || size > left) return Refuse(OscFault.ElementSize);
            _at += Word;
            end = _at + size;
            return true;
        }

        private bool IsBundle(int end)
        {
            if (end - _at < BundleName.Length) return false;
            for (int i = 0; i < BundleName.Length; i++)
                if (_bytes[_at + i] != BundleName[i]) return false;
            return true;
        }

        private void Enter(int end)
        {
            if (_depth == MostBundles) Refuse(OscFault.TooDeep);
            else if (end - _at < BundleHeader) Refuse(OscFault.CutOff);
            else
            {
                _at += BundleHeader;
                _ends[++_depth] = end;
            }
        }

        private bool ReadMessage(int end, out OscMessage message)
        {
            message = default;
            int address = _at;
            if (address == end || _bytes[address] != '/') return Refuse(OscFault.NoAddress);
            if (!PassText(end, out int addressLength)) return false;
            // Senders older than OSC 1.0 leave out the tags of a message without arguments.
            int tags = _at, tagsLength = 0;
            if (_at < end)
            {
                if (!PassText(end, out tagsLength)) return false;
                if (tagsLength == 0 || _bytes[tags] != ',') return Refuse(OscFault.NoTypeTags);
            }
            int arguments = _at;
            bool used = true;
            for (int i = 1; i < tagsLength; i++)
            {
                if (!PassArgument((char)_bytes[tags + i], end)) return false;
                used &= IsUsed((char)_bytes[tags + i]);
            }
            if (_at != end) return Refuse(OscFault.LeftOver);
            if (!used) Skipped++;
            int tagCount = Math.Max(0, tagsLength - 1);
            message = new OscMessage(_bytes, address, addressLength, tags + 1, tagCount, arguments);
            return used;
        }

        private static bool IsUsed(char tag)
        {
            return tag == 'f' || tag == 's' || tag == 'i' || tag == 'T' || tag == 'F' || tag == 'b';
        }

        private bool PassArgument(char tag, int end)
        {
            switch (tag)
            {
                case 'f': return PassFloat(end);
                case 's': case 'S': return PassText(end, out _);
                case 'b': return PassBlob(end);
                case 'i': case 'c': case 'r': case 'm': return Pass(Word, end);
                case 'd': case 'h': case 't': return Pass(2 * Word, end);
                case 'T': case 'F': case 'N': case 'I': case '[': case ']': return true;
                default: return Refuse(OscFault.UnknownType);
            }
        }

        private bool Pass(int length, int end)
        {
            if (end - _at < length) return Refuse(OscFault.CutOff);
            _at += length;
            return true;
        }

        private bool PassFloat(int end)
        {
            int at = _at;
            if (!Pass(Word, end)) return false;
            bool finite = (_bytes[at] & 0x7F) != 0x7F || (_bytes[at + 1] & 0x80) == 0;
            return finite || Refuse(OscFault.NotFinite);
        }

        private bool PassText(int end, out int length)
        {
            int nul = Array.IndexOf(_bytes, (byte)0, _at, end - _at);
            length = nul - _at;
            int padded = (length / Word + 1) * Word;
            if (nul < 0 || padded > end - _at) return Refuse(OscFault.TextWithoutEnd);
            if (!Utf8.IsText(_bytes, _at, nul)) return Refuse(OscFault.NotUtf8);
            _at += padded;
            return true;
        }

        private bool PassBlob(int end)
        {
            int at = _at;
            if (!Pass(Word, end)) return false;
            int size = BigEndian.Int32(_bytes, at);
            // Rounded up as a long: the largest size there is would overflow an int.
            if (size < 0 || ((long)size + 3) / Word * Word > end - _at) return Refuse(OscFault.BlobSize);
            _at += (size + 3) / Word * Word;
            return true;
        }

        private bool Refuse(OscFault fault)
        {
            Fault = fault;
            return false;
        }
    }
}
