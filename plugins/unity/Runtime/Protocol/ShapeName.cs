using System;
using System.Collections.Generic;
using System.Globalization;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// A blend shape's name and what it means. Rigs write one shape in many ways: jawOpen, JawOpen, jaw_open,
    /// Face.AK_25_JawOpen, head_geo|jawOpen; eyeBlinkLeft, EyeBlink_L, eye_blink.l, L_eyeBlink.
    /// </summary>
    public sealed class ShapeName
    {
        private const string Left = "left";
        private const string Right = "right";

        /// <param name="text">The name as written.</param>
        public ShapeName(string text)
        {
            Text = text ?? throw new ArgumentNullException(nameof(text));
            List<string> words = Words(text);
            Folded = string.Concat(words);
            Arkit = ArkitShapes.IndexOfFolded(Folded);
            FindWithin(words);
        }

        /// <summary>The name as written.</summary>
        public string Text { get; }

        /// <summary>Without separators, in small letters, L and R as words: eyeBlink_L is eyeblinkleft.</summary>
        public string Folded { get; }

        /// <summary>Which of the 52 ARKit shapes the whole name says, or −1.</summary>
        public int Arkit { get; }

        /// <summary>Which ARKit shape the name says, prefixes and suffixes left aside, or −1.</summary>
        public int ArkitWithin { get; private set; } = -1;

        /// <summary>How many words stand around the ARKit name: 0 if it is the whole name.</summary>
        public int ExtraWords { get; private set; }

        /// <summary>
        /// Splits at separators, at digits and at capitals; BSEyeBlinkL is bs, eye, blink, left.
        /// </summary>
        private static List<string> Words(string text)
        {
            var words = new List<string>();
            int start = 0;
            for (int i = 1; i <= text.Length; i++)
            {
                if (i < text.Length && !IsBorder(text, i)) continue;
                if (char.IsLetterOrDigit(text[start]))
                    words.Add(text.Substring(start, i - start).ToLower(CultureInfo.InvariantCulture));
                start = i;
            }
            if (words.Count < 2) return words; // a lone L or R is no side
            for (int i = 0; i < words.Count; i++)
                if (words[i] == "l" || words[i] == "r") words[i] = words[i] == "l" ? Left : Right;
            return words;
        }

        private static bool IsBorder(string text, int at)
        {
            char before = text[at - 1], here = text[at];
            if (!char.IsLetterOrDigit(before) || !char.IsLetterOrDigit(here)) return true;
            if (char.IsDigit(before) != char.IsDigit(here)) return true;
            if (!char.IsUpper(here)) return false;
            return !char.IsUpper(before) || at + 1 < text.Length && char.IsLower(text[at + 1]);
        }

        private void FindWithin(List<string> words)
        {
            int longest = 0;
            FindSpan(words, ref longest);
            // Where the side stands first or amidst (L_EyeBlink, Eye_L_Look_Down), read it as if it stood last.
            int side = words.FindIndex(IsSide);
            if (side < 0 || words.FindLastIndex(IsSide) != side) return;
            var moved = new List<string>(words);
            moved.RemoveAt(side);
            moved.Add(words[side]);
            FindSpan(moved, ref longest);
        }

        // The longest says most: mouth_smile_left is a smile, not "mouth left".
        private void FindSpan(List<string> words, ref int longest)
        {
            for (int from = 0; from < words.Count; from++)
            {
                string span = "";
                for (int to = from; to < words.Count; to++)
                {
                    span += words[to];
                    if (span.Length <= longest) continue;
                    int index = ArkitShapes.IndexOfFolded(span);
                    if (index < 0) continue;
                    longest = span.Length;
                    ArkitWithin = index;
                    ExtraWords = words.Count - (to - from + 1);
                }
            }
        }

        private static bool IsSide(string word)
        {
            return word == Left || word == Right;
        }
    }
}
