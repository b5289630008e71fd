using AvatarDriver.Protocol;
using UnityEngine;

namespace AvatarDriver
{
    /// <summary>
    /// What binders share: they read a receiver after the animators have run, and leave the avatar to its animation
    /// while there is no face.
    /// </summary>
    public abstract class FaceBinder : MonoBehaviour
    {
        [Tooltip("Where the face comes from. Empty: the receiver on this object or above it, else the first one there is.")]
        [SerializeField] private AvatarDriverReceiver receiver = null;

        private FaceFrame _lastFrame;
        private float _lastPresence;

        /// <summary>Where the face comes from.</summary>
        public AvatarDriverReceiver Receiver
        {
            get
            {
                if (receiver == null) receiver = GetComponentInParent<AvatarDriverReceiver>();
                return receiver != null ? receiver : AvatarDriverReceiver.First;
            }
            set => receiver = value;
        }

        /// <summary>Shows a frame on the avatar.</summary>
        /// <param name="frame">The face.</param>
        /// <param name="presence">0 shows the avatar at rest, 1 the face.</param>
        public abstract void Drive(FaceFrame frame, float presence);

        /// <summary>Called by Unity.</summary>
        protected void LateUpdate()
        {
            AvatarDriverReceiver source = Receiver;
            FaceFrame frame = source == null ? null : source.Frame;
            float presence = frame == null ? 0f : source.PresenceNow;
            // A receiver that is switched off or destroyed leaves no face behind.
            if (frame != null) _lastFrame = frame;
            if (_lastFrame != null && (presence > 0f || _lastPresence > 0f)) Drive(_lastFrame, presence);
            _lastPresence = presence;
        }
    }
}
