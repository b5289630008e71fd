namespace AvatarDriver
{
    /// <summary>What the avatar does when nothing is received.</summary>
    public enum LostBehaviour
    {
        /// <summary>It eases to rest.</summary>
        EaseToNeutral,

        /// <summary>It keeps the last face.</summary>
        Hold,
    }
}
