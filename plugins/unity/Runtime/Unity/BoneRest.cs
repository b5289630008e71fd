using UnityEngine;

namespace AvatarDriver
{
    /// <summary>
    /// How a bone rests. VMC's rotations are on the avatar's axes (+x its right, +y up, +z where it looks); a bone's own
    /// axes may lie anyhow, so a rotation is carried over through the way the bone's parent stands at rest.
    /// </summary>
    internal sealed class BoneRest
    {
        private readonly Transform _bone;
        private readonly Vector3 _position;
        private readonly Quaternion _rotation;
        private readonly Quaternion _toParent; // from the avatar's axes to the parent's
        private bool _moved;

        /// <param name="bone">The bone, in its rest pose now.</param>
        /// <param name="avatar">Whose +z is where the avatar looks.</param>
        public BoneRest(Transform bone, Transform avatar)
        {
            _bone = bone;
            _position = bone.localPosition;
            _rotation = bone.localRotation;
            Quaternion parent = bone.parent == null ? Quaternion.identity : bone.parent.rotation;
            _toParent = Quaternion.Inverse(parent) * avatar.rotation;
        }

        public Transform Bone => _bone;

        /// <summary>Turns the bone from its rest.</summary>
        /// <param name="turn">The rotation on the avatar's axes.</param>
        public void Turn(Quaternion turn)
        {
            if (_bone != null) _bone.localRotation = OnParentAxes(turn) * _rotation;
        }

        /// <summary>Turns the bone from where its animation has it.</summary>
        public void TurnOn(Quaternion turn)
        {
            if (_bone != null) _bone.localRotation = OnParentAxes(turn) * _bone.localRotation;
        }

        /// <summary>Moves the bone from its rest, by metres on the avatar's axes.</summary>
        public void Move(Vector3 way)
        {
            if (_bone == null) return;
            _bone.localPosition = _position + _toParent * way;
            _moved = true;
        }

        /// <summary>Moves the bone back to its rest, if it was moved.</summary>
        public void MoveBack()
        {
            if (_moved && _bone != null) _bone.localPosition = _position;
            _moved = false;
        }

        private Quaternion OnParentAxes(Quaternion turn)
        {
            return _toParent * turn * Quaternion.Inverse(_toParent);
        }
    }
}
