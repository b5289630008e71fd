using AvatarDriver.Protocol;
using UnityEngine;

namespace AvatarDriver
{
    /// <summary>Turns the head, and the neck a part of the way, by the bone that VMC calls Head.</summary>
    [AddComponentMenu("Avatar Driver/Head Binder")]
    [DisallowMultipleComponent]
    public sealed class HeadBinder : BoneBinder
    {
        [Tooltip("The head's bone. Empty: the humanoid Animator's.")]
        [SerializeField] private Transform head = null;

        [Tooltip("The neck's bone. Empty: the humanoid Animator's; without one the head turns alone.")]
        [SerializeField] private Transform neck = null;

        [Tooltip("Which part of the turn the neck takes over.")]
        [SerializeField, Range(0f, 1f)] private float neckShare = 0.3f;

        [Tooltip("Multiplies the turn. 1 turns the head as far as yours.")]
        [SerializeField, Range(0f, 2f)] private float strength = 1f;

        [Tooltip("Move the head too, not only turn it. The sender must send where the head is against its rest: "
            + "'head_position: true' of avatar_driver's vmc sink, with its head_offset at 0.")]
        [SerializeField] private bool followPosition = false;

        private BoneRest _head;
        private BoneRest _neck;
        private int _number = -1;

        /// <summary>The head's bone.</summary>
        public Transform Head { get => head; set { head = value; Rebind(); } }

        /// <summary>The neck's bone.</summary>
        public Transform Neck { get => neck; set { neck = value; Rebind(); } }

        /// <summary>Which part of the turn the neck takes over.</summary>
        public float NeckShare { get => neckShare; set => neckShare = value; }

        /// <summary>What the turn is multiplied with.</summary>
        public float Strength { get => strength; set => strength = value; }

        /// <summary>Whether the head is moved too.</summary>
        public bool FollowPosition { get => followPosition; set => followPosition = value; }

        /// <inheritdoc/>
        public override void Drive(FaceFrame frame, float presence)
        {
            BindOnce();
            // VMC's axes are Unity's: the numbers are taken as they are. A sender without a head leaves it at rest.
            bool known = TryHead(frame, out BonePose pose);
            Quaternion sent = known ? new Quaternion(pose.X, pose.Y, pose.Z, pose.W) : Quaternion.identity;
            Quaternion turn = Quaternion.SlerpUnclamped(Quaternion.identity, sent, strength * presence);
            Quaternion ofNeck = Quaternion.identity;
            if (_neck != null) ofNeck = Quaternion.Slerp(Quaternion.identity, turn, neckShare);
            Turn(_neck, ofNeck);
            Turn(_head, Quaternion.Inverse(ofNeck) * turn);
            if (_head == null) return;
            if (followPosition) _head.Move(new Vector3(pose.PositionX, pose.PositionY, pose.PositionZ) * presence);
            else _head.MoveBack();
        }

        /// <inheritdoc/>
        protected override void Bind()
        {
            _head = Rest(head, HumanBodyBones.Head);
            _neck = Rest(neck, HumanBodyBones.Neck);
        }

        /// <inheritdoc/>
        protected override void Release()
        {
            if (_head != null) _head.Turn(Quaternion.identity);
            if (_neck != null) _neck.Turn(Quaternion.identity);
            if (_head != null) _head.MoveBack();
            _head = _neck = null;
        }

        private bool TryHead(FaceFrame frame, out BonePose pose)
        {
            if (_number < 0 || _number >= frame.BoneCount || frame.BoneNames[_number].Text != "Head")
                _number = frame.BoneNames.Find("Head");
            return frame.TryBone(_number, out pose);
        }
    }
}
