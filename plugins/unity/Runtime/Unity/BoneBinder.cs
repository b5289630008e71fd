using UnityEngine;

namespace AvatarDriver
{
    /// <summary>What binders of bones share: whose axes count, and what a bone is called.</summary>
    public abstract class BoneBinder : FaceBinder
    {
        [Tooltip("The avatar: its blue arrow (+z) is where it looks. Empty: the Animator above, else this object.")]
        [SerializeField] private Transform avatar = null;

        [Tooltip("On: turn the bones on top of an animation that moves them in every frame. Off: turn them from how they "
            + "rest. Where no animation moves the bones, leave it off, or they will spin.")]
        [SerializeField] private bool addToAnimation = false;

        private bool _bound;

        /// <summary>Whose +z is where the avatar looks.</summary>
        public Transform Avatar
        {
            get
            {
                if (avatar != null) return avatar;
                Animator animator = GetComponentInParent<Animator>();
                return animator != null ? animator.transform : transform;
            }
            set => avatar = value;
        }

        /// <summary>Whether the bones turn on top of an animation.</summary>
        public bool AddToAnimation { get => addToAnimation; set => addToAnimation = value; }

        /// <summary>Takes the pose the bones have at the next frame for their rest.</summary>
        public void Rebind()
        {
            _bound = false;
        }

        /// <summary>Finds the bones and how they rest; called before the first frame.</summary>
        protected abstract void Bind();

        /// <summary>Puts the bones back to how they rest, and lets go of them.</summary>
        protected abstract void Release();

        internal void BindOnce()
        {
            if (_bound) return;
            _bound = true;
            Release(); // what is turned now is no rest
            Bind();
        }

        /// <summary>Called by Unity.</summary>
        protected void OnDisable()
        {
            Release();
            _bound = false; // what moves them meanwhile may leave them in another pose
        }

        /// <summary>The given bone, or the humanoid's if none is given; null if there is neither.</summary>
        internal BoneRest Rest(Transform given, HumanBodyBones bone)
        {
            if (given == null)
            {
                Animator animator = GetComponentInParent<Animator>();
                if (animator != null && animator.isHuman) given = animator.GetBoneTransform(bone);
            }
            return given == null ? null : new BoneRest(given, Avatar);
        }

        internal void Turn(BoneRest bone, Quaternion turn)
        {
            if (bone == null) return;
            if (addToAnimation) bone.TurnOn(turn);
            else bone.Turn(turn);
        }
    }
}
