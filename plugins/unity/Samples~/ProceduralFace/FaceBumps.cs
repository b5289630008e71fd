using System;
using System.Collections.Generic;
using UnityEngine;

namespace AvatarDriver.Samples
{
    /// <summary>What each ARKit shape does to the sample's head. Left is the avatar's own, at −x.</summary>
    public static class FaceBumps
    {
        private const float EyeX = 0.14f, EyeY = 0.1f, BrowY = 0.2f, MouthX = 0.12f, MouthY = -0.2f;

        /// <summary>The bumps of a shape, by its name in Apple's spelling; never none.</summary>
        public static List<FaceBump> Of(string shape)
        {
            var bumps = new List<FaceBump>();
            float side = shape.EndsWith("Left", StringComparison.Ordinal) ? -1f : 1f;
            string kind = shape.EndsWith("Left", StringComparison.Ordinal) ? shape.Substring(0, shape.Length - 4)
                : shape.EndsWith("Right", StringComparison.Ordinal) ? shape.Substring(0, shape.Length - 5) : shape;
            if (kind.StartsWith("eye", StringComparison.Ordinal)) AddEye(bumps, kind, side);
            else if (kind.StartsWith("mouth", StringComparison.Ordinal)) AddMouth(bumps, kind, side);
            else if (kind.StartsWith("jaw", StringComparison.Ordinal)) AddJaw(bumps, kind, side);
            else AddRest(bumps, kind, side);
            return bumps;
        }

        private static void AddEye(List<FaceBump> bumps, string kind, float side)
        {
            float x = side * EyeX;
            switch (kind)
            {
                case "eyeBlink": Add(bumps, x, EyeY + 0.05f, 0.07f, 0f, -0.08f, 0.03f); break;
                case "eyeSquint": Add(bumps, x, EyeY - 0.05f, 0.06f, 0f, 0.04f, 0.02f); break;
                case "eyeWide": Add(bumps, x, EyeY + 0.05f, 0.06f, 0f, 0.05f, 0f); break;
                case "eyeLookDown": Add(bumps, x, EyeY, 0.05f, 0f, -0.02f, 0.02f); break;
                case "eyeLookUp": Add(bumps, x, EyeY, 0.05f, 0f, 0.02f, 0.02f); break;
                case "eyeLookIn": Add(bumps, x, EyeY, 0.05f, -side * 0.02f, 0f, 0.02f); break;
                default: Add(bumps, x, EyeY, 0.05f, side * 0.02f, 0f, 0.02f); break;
            }
        }

        private static void AddMouth(List<FaceBump> bumps, string kind, float side)
        {
            float x = side * MouthX;
            switch (kind)
            {
                case "mouth": Add(bumps, 0f, MouthY, 0.12f, side * 0.06f, 0f, 0f); break;
                case "mouthClose": Add(bumps, 0f, MouthY - 0.04f, 0.08f, 0f, 0.05f, 0f); break;
                case "mouthFunnel": Add(bumps, 0f, MouthY, 0.07f, 0f, 0f, 0.08f); break;
                case "mouthPucker": Add(bumps, 0f, MouthY, 0.05f, 0f, 0f, 0.1f); break;
                case "mouthSmile": Add(bumps, x, MouthY, 0.07f, side * 0.04f, 0.07f, 0f); break;
                case "mouthFrown": Add(bumps, x, MouthY, 0.07f, 0f, -0.06f, 0f); break;
                case "mouthDimple": Add(bumps, x, MouthY, 0.05f, side * 0.02f, 0f, -0.04f); break;
                case "mouthStretch": Add(bumps, x, MouthY, 0.07f, side * 0.06f, -0.02f, 0f); break;
                case "mouthRollLower": Add(bumps, 0f, MouthY - 0.04f, 0.07f, 0f, 0.02f, -0.04f); break;
                case "mouthRollUpper": Add(bumps, 0f, MouthY + 0.04f, 0.07f, 0f, -0.02f, -0.04f); break;
                case "mouthShrugLower": Add(bumps, 0f, MouthY - 0.06f, 0.08f, 0f, 0.04f, 0.03f); break;
                case "mouthShrugUpper": Add(bumps, 0f, MouthY + 0.04f, 0.08f, 0f, 0.04f, 0.02f); break;
                case "mouthPress": Add(bumps, x / 2f, MouthY, 0.05f, 0f, 0f, -0.03f); break;
                case "mouthLowerDown": Add(bumps, x / 2f, MouthY - 0.04f, 0.05f, 0f, -0.05f, 0f); break;
                default: Add(bumps, x / 2f, MouthY + 0.04f, 0.05f, 0f, 0.05f, 0f); break;
            }
        }

        private static void AddJaw(List<FaceBump> bumps, string kind, float side)
        {
            if (kind == "jawOpen") Add(bumps, 0f, -0.38f, 0.2f, 0f, -0.14f, 0f);
            else if (kind == "jawForward") Add(bumps, 0f, -0.38f, 0.18f, 0f, 0f, 0.08f);
            else Add(bumps, 0f, -0.38f, 0.18f, side * 0.08f, 0f, 0f);
        }

        private static void AddRest(List<FaceBump> bumps, string kind, float side)
        {
            float x = side * EyeX;
            switch (kind)
            {
                case "browDown": Add(bumps, x, BrowY, 0.07f, -side * 0.01f, -0.05f, 0.02f); break;
                case "browInnerUp": Add(bumps, 0f, BrowY, 0.08f, 0f, 0.06f, 0.02f); break;
                case "browOuterUp": Add(bumps, 1.4f * x, BrowY, 0.06f, 0f, 0.06f, 0.02f); break;
                case "cheekSquint": Add(bumps, x, 0f, 0.07f, 0f, 0.04f, 0.02f); break;
                case "noseSneer": Add(bumps, side * 0.05f, 0.02f, 0.04f, 0f, 0.04f, 0.02f); break;
                case "cheekPuff":
                    Add(bumps, 0.2f, -0.12f, 0.1f, 0.05f, 0f, 0.06f);
                    Add(bumps, -0.2f, -0.12f, 0.1f, -0.05f, 0f, 0.06f);
                    break;
                default: Add(bumps, 0f, MouthY - 0.03f, 0.04f, 0f, -0.05f, 0.12f); break; // tongueOut
            }
        }

        private static void Add(List<FaceBump> bumps, float x, float y, float radius, float right, float up, float out_)
        {
            bumps.Add(new FaceBump(x, y, radius, new Vector3(right, up, out_)));
        }
    }
}
