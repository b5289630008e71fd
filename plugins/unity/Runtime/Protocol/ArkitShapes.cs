using System;
using System.Collections.Generic;

namespace AvatarDriver.Protocol
{
    /// <summary>The 52 ARKit blend shapes, in the order of Apple's page. Left and right are the person's own.</summary>
    public static class ArkitShapes
    {
        private static readonly string[] All =
        {
            "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
            "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight",
            "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose",
            "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight",
            "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft",
            "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
            "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
            "mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft",
            "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft",
            "noseSneerRight", "tongueOut",
        };

        private static readonly Dictionary<string, int> Folded = FoldedNames();

        /// <summary>The names, in Apple's spelling.</summary>
        public static IReadOnlyList<string> Names { get; } = Array.AsReadOnly(All);

        /// <summary>The index of a name in small letters without separators, or −1.</summary>
        internal static int IndexOfFolded(string folded)
        {
            return Folded.TryGetValue(folded, out int index) ? index : -1;
        }

        private static Dictionary<string, int> FoldedNames()
        {
            var folded = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int i = 0; i < All.Length; i++) folded[All[i].ToLowerInvariant()] = i;
            return folded;
        }
    }
}
