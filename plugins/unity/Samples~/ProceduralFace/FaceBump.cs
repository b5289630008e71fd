using UnityEngine;

namespace AvatarDriver.Samples
{
    /// <summary>A soft bump on the front of the head: what lies near its middle moves, and less the farther off.</summary>
    public readonly struct FaceBump
    {
        private readonly Vector2 _middle;
        private readonly Vector3 _move;
        private readonly float _radius;

        /// <param name="x">Where it is: + to the avatar's right.</param>
        /// <param name="y">Where it is: + up.</param>
        /// <param name="radius">How far it reaches.</param>
        /// <param name="move">Where its middle moves.</param>
        public FaceBump(float x, float y, float radius, Vector3 move)
        {
            _middle = new Vector2(x, y);
            _radius = radius;
            _move = move;
        }

        /// <summary>How far a vertex moves.</summary>
        public Vector3 Move(Vector3 vertex)
        {
            if (vertex.z <= 0f) return Vector3.zero;
            float x = (vertex.x - _middle.x) / _radius, y = (vertex.y - _middle.y) / _radius;
            return _move * Mathf.Exp(-(x * x + y * y));
        }
    }
}
