namespace AvatarDriver.Protocol
{
    /// <summary>Tells UTF-8 from other bytes without making a string of them.</summary>
    internal static class Utf8
    {
        /// <summary>Whether the bytes are UTF-8: nothing overlong, no surrogates, nothing above U+10FFFF.</summary>
        public static bool IsText(byte[] bytes, int at, int end)
        {
            while (at < end)
            {
                byte first = bytes[at++];
                if (first < 0x80) continue;
                int more = Continuations(first);
                if (more == 0 || end - at < more || !IsSecond(first, bytes[at])) return false;
                for (int i = 1; i < more; i++)
                    if ((bytes[at + i] & 0xC0) != 0x80) return false;
                at += more;
            }
            return true;
        }

        private static int Continuations(byte first)
        {
            if (first >= 0xC2 && first <= 0xDF) return 1;
            if (first >= 0xE0 && first <= 0xEF) return 2;
            return first >= 0xF0 && first <= 0xF4 ? 3 : 0;
        }

        // The second byte alone tells overlong forms, surrogates and what lies beyond Unicode (RFC 3629, section 4).
        private static bool IsSecond(byte first, byte second)
        {
            switch (first)
            {
                case 0xE0: return second >= 0xA0 && second <= 0xBF;
                case 0xED: return second >= 0x80 && second <= 0x9F;
                case 0xF0: return second >= 0x90 && second <= 0xBF;
                case 0xF4: return second >= 0x80 && second <= 0x8F;
                default: return second >= 0x80 && second <= 0xBF;
            }
        }
    }
}
