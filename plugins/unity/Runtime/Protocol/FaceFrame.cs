namespace AvatarDriver.Protocol
{
    /// <summary>
    /// What a sender has said up to an Apply. A receiver's frame is its own until it takes the next one.
    /// </summary>
    public sealed class FaceFrame
    {
        internal readonly float[] Weights;
        internal readonly bool[] IsSent;
        internal readonly BonePose[] Bones;
        internal readonly bool[] IsPosed;

        internal FaceFrame(NameTable names, NameTable boneNames)
        {
            Names = names;
            BoneNames = boneNames;
            Weights = new float[names.Capacity];
            IsSent = new bool[names.Capacity];
            Bones = new BonePose[boneNames.Capacity];
            IsPosed = new bool[boneNames.Capacity];
        }

        /// <summary>The names of all weights this sender ever sent; their numbers are the frame's numbers.</summary>
        public NameTable Names { get; }

        /// <summary>The names of all bones this sender ever sent.</summary>
        public NameTable BoneNames { get; }

        /// <summary>Numbers below this one may have a weight in this frame.</summary>
        public int WeightCount { get; internal set; }

        /// <summary>Numbers below this one may have a pose.</summary>
        public int BoneCount { get; internal set; }

        /// <summary>Whether the sender says that it sees a face; one that does not say is believed to.</summary>
        public bool Tracked { get; internal set; }

        /// <summary>The sender's own time in seconds.</summary>
        public float SenderTime { get; internal set; }

        /// <summary>When its Apply came, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
        public long Received { get; internal set; }

        /// <summary>Counts the frames from 1; 0 before the first.</summary>
        public long Number { get; internal set; }

        /// <summary>A weight, 0 to 1. False and 0 if this frame has none of that name: it fell back to rest.</summary>
        public bool TryWeight(int number, out float weight)
        {
            bool sent = number >= 0 && number < WeightCount && IsSent[number];
            weight = sent ? Weights[number] : 0f;
            return sent;
        }

        /// <summary>A bone's last pose. False if it never had one.</summary>
        public bool TryBone(int number, out BonePose pose)
        {
            bool posed = number >= 0 && number < BoneCount && IsPosed[number];
            pose = posed ? Bones[number] : default;
            return posed;
        }
    }
}
