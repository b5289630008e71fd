using System;
using UnityEngine;

namespace AvatarDriver
{
    /// <summary>What a person changes about one blend shape.</summary>
    [Serializable]
    public sealed class ShapeTuning
    {
        [Tooltip("The shape as the sender calls it, such as jawOpen. Case and separators do not matter.")]
        [SerializeField] private string shape = "";

        [Tooltip("Multiplies this shape. The result stays within rest and full.")]
        [SerializeField, Range(0f, 4f)] private float multiplier = 1f;

        [Tooltip("The mesh's blend shape that it drives, exactly as the mesh calls it. Empty: found by its name.")]
        [SerializeField] private string drives = "";

        /// <summary>The shape as the sender calls it.</summary>
        public string Shape { get => shape; set => shape = value; }

        /// <summary>What it is multiplied with.</summary>
        public float Multiplier { get => multiplier; set => multiplier = value; }

        /// <summary>The mesh's blend shape that it drives, or empty.</summary>
        public string Drives { get => drives; set => drives = value; }
    }
}
