namespace AvatarDriver.Protocol
{
    /// <summary>
    /// A bone's place and turn against its parent, as VMC sends it: Unity's axes (left-handed, +x to the avatar's
    /// right, +y up, +z where the avatar looks), metres. The rotation is a unit quaternion.
    /// </summary>
    public readonly struct BonePose
    {
        public readonly float PositionX, PositionY, PositionZ;
        public readonly float X, Y, Z, W;

        public BonePose(float positionX, float positionY, float positionZ, float x, float y, float z, float w)
        {
            PositionX = positionX;
            PositionY = positionY;
            PositionZ = positionZ;
            X = x;
            Y = y;
            Z = z;
            W = w;
        }
    }
}
