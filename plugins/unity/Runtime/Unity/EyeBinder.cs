using AvatarDriver.Protocol;
using UnityEngine;

namespace AvatarDriver
{
    /// <summary>
    /// Turns the eyes by the eight eyeLook shapes. Leave it out where the blend shapes already move the eyes: both
    /// together look too far.
    /// </summary>
    [AddComponentMenu("Avatar Driver/Eye Binder")]
    [DisallowMultipleComponent]
    public sealed class EyeBinder : BoneBinder
    {
        private static readonly string[] Looks =
        {
            "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeLookDownLeft",
            "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight", "eyeLookDownRight",
        };

        [Tooltip("The left eye's bone, the avatar's own left. Empty: the humanoid Animator's.")]
        [SerializeField] private Transform leftEye = null;

        [Tooltip("The right eye's bone. Empty: the humanoid Animator's.")]
        [SerializeField] private Transform rightEye = null;

        [Tooltip("How far an eye turns towards the nose at the most, in degrees.")]
        [SerializeField, Range(0f, 60f)] private float inDegrees = 33f;

        [Tooltip("How far an eye turns away from the nose at the most, in degrees.")]
        [SerializeField, Range(0f, 60f)] private float outDegrees = 33f;

        [Tooltip("How far the eyes turn up at the most, in degrees.")]
        [SerializeField, Range(0f, 60f)] private float upDegrees = 25f;

        [Tooltip("How far the eyes turn down at the most, in degrees.")]
        [SerializeField, Range(0f, 60f)] private float downDegrees = 35f;

        private readonly MeshShapes _looks = new MeshShapes(Looks);
        private BoneRest _left;
        private BoneRest _right;

        /// <summary>The left eye's bone.</summary>
        public Transform LeftEye { get => leftEye; set { leftEye = value; Rebind(); } }

        /// <summary>The right eye's bone.</summary>
        public Transform RightEye { get => rightEye; set { rightEye = value; Rebind(); } }

        /// <summary>How far an eye turns towards the nose, in degrees.</summary>
        public float InDegrees { get => inDegrees; set => inDegrees = value; }

        /// <summary>How far an eye turns away from the nose, in degrees.</summary>
        public float OutDegrees { get => outDegrees; set => outDegrees = value; }

        /// <summary>How far the eyes turn up, in degrees.</summary>
        public float UpDegrees { get => upDegrees; set => upDegrees = value; }

        /// <summary>How far the eyes turn down, in degrees.</summary>
        public float DownDegrees { get => downDegrees; set => downDegrees = value; }

        /// <inheritdoc/>
        public override void Drive(FaceFrame frame, float presence)
        {
            BindOnce();
            _looks.Learn(frame.Names);
            // The left eye looks to the avatar's right, which is +y, by looking in; the right one by looking out.
            float left = Look(frame, 0) * inDegrees - Look(frame, 1) * outDegrees;
            float right = Look(frame, 5) * outDegrees - Look(frame, 4) * inDegrees;
            Turn(_left, Gaze(frame, 2, left, presence));
            Turn(_right, Gaze(frame, 6, right, presence));
        }

        /// <inheritdoc/>
        protected override void Bind()
        {
            _left = Rest(leftEye, HumanBodyBones.LeftEye);
            _right = Rest(rightEye, HumanBodyBones.RightEye);
        }

        /// <inheritdoc/>
        protected override void Release()
        {
            if (_left != null) _left.Turn(Quaternion.identity);
            if (_right != null) _right.Turn(Quaternion.identity);
            _left = _right = null;
        }

        private Quaternion Gaze(FaceFrame frame, int up, float yaw, float presence)
        {
            float pitch = Look(frame, up + 1) * downDegrees - Look(frame, up) * upDegrees;
            return Quaternion.Euler(pitch * presence, yaw * presence, 0f);
        }

        private float Look(FaceFrame frame, int look)
        {
            _looks.TryRead(frame, look, out float weight, out _);
            return weight;
        }
    }
}
