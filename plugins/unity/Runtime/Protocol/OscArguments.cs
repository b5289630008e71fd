using System;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// The arguments of one message, taken from first to last. <see cref="OscReader"/> has checked all their bounds.
    /// A wrong type is not taken and ends it: the message has too few or wrong arguments.
    /// </summary>
    public struct OscArguments
    {
        private readonly byte[] _bytes;
        private readonly int _tagsEnd;
        private int _tag;
        private int _at;

        internal OscArguments(byte[] bytes, int tags, int tagCount, int arguments)
        {
            _bytes = bytes;
            _tag = tags;
            _tagsEnd = tags + tagCount;
            _at = arguments;
        }

        /// <summary>The type tag of the next argument, or NUL when there is none.</summary>
        public char Next => _tag < _tagsEnd ? (char)_bytes[_tag] : '\0';

        /// <summary>Takes a float32. Doubles and integers are something else, as for other VMC receivers.</summary>
        public bool TakeFloat(out float number)
        {
            bool taken = Next == 'f';
            number = taken ? BigEndian.Single(_bytes, _at) : 0f;
            if (taken) Advance(4);
            return taken;
        }

        /// <summary>Takes an int32.</summary>
        public bool TakeInt(out int number)
        {
            bool taken = Next == 'i';
            number = taken ? BigEndian.Int32(_bytes, _at) : 0;
            if (taken) Advance(4);
            return taken;
        }

        /// <summary>Takes T or F.</summary>
        public bool TakeBool(out bool value)
        {
            value = Next == 'T';
            bool taken = value || Next == 'F';
            if (taken) Advance(0);
            return taken;
        }

        /// <summary>Takes a text: where its bytes lie in the packet.</summary>
        public bool TakeText(out int at, out int length)
        {
            at = _at;
            length = 0;
            if (Next != 's') return false;
            while (_bytes[at + length] != 0) length++;
            Advance((length / 4 + 1) * 4);
            return true;
        }

        /// <summary>Takes a blob: where its bytes lie in the packet.</summary>
        public bool TakeBlob(out int at, out int length)
        {
            at = _at + 4;
            length = 0;
            if (Next != 'b') return false;
            length = BigEndian.Int32(_bytes, _at);
            Advance(4 + (length + 3) / 4 * 4);
            return true;
        }

        private void Advance(int bytes)
        {
            _tag++;
            _at += bytes;
        }
    }
}
