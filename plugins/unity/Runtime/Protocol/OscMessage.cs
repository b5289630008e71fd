using System.Text;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// One message, as a view into its packet: nothing is copied. It is good until the packet's bytes are overwritten.
    /// </summary>
    public readonly struct OscMessage
    {
        private readonly byte[] _bytes;
        private readonly int _address;
        private readonly int _addressLength;
        private readonly int _tags;
        private readonly int _tagCount;
        private readonly int _arguments;

        internal OscMessage(byte[] bytes, int address, int addressLength, int tags, int tagCount, int arguments)
        {
            _bytes = bytes;
            _address = address;
            _addressLength = addressLength;
            _tags = tags;
            _tagCount = tagCount;
            _arguments = arguments;
        }

        /// <summary>The address; makes a string, so not for the receiving loop.</summary>
        public string Address => Encoding.UTF8.GetString(_bytes, _address, _addressLength);

        /// <summary>The type tags without their comma; makes a string, so not for the receiving loop.</summary>
        public string Tags => _tagCount == 0 ? "" : Encoding.UTF8.GetString(_bytes, _tags, _tagCount);

        /// <summary>The arguments, to be taken one after the other.</summary>
        public OscArguments Arguments => new OscArguments(_bytes, _tags, _tagCount, _arguments);

        /// <summary>Whether the address is this one, in ASCII.</summary>
        public bool IsTo(byte[] address)
        {
            if (address.Length != _addressLength) return false;
            for (int i = 0; i < address.Length; i++)
                if (_bytes[_address + i] != address[i]) return false;
            return true;
        }
    }
}
