using System.Collections.Generic;
using System.Diagnostics;
using System.Net.Sockets;
using AvatarDriver.Protocol;
using UnityEngine;
using Debug = UnityEngine.Debug;

namespace AvatarDriver
{
    /// <summary>
    /// Receives a face over VMC, from avatar_driver or any other sender. Binders read it; one receiver serves any
    /// number of them. Settings may be changed while it runs.
    /// </summary>
    [AddComponentMenu("Avatar Driver/Receiver")]
    [DefaultExecutionOrder(-100)]
    [DisallowMultipleComponent]
    public sealed class AvatarDriverReceiver : MonoBehaviour
    {
        private const float RetrySeconds = 2f;
        private static readonly List<AvatarDriverReceiver> Enabled = new List<AvatarDriverReceiver>();

        [Tooltip("UDP port to listen on. avatar_driver sends to 39539 unless told otherwise.")]
        [SerializeField, Range(1, 65535)] private int port = 39539;

        [Tooltip("Off: only programs on this computer are heard. On: any computer that reaches this one may move the "
            + "avatar; allow the port in the firewall.")]
        [SerializeField] private bool listenBeyondThisComputer = false;

        [Tooltip("After so many seconds without a face the sender counts as lost.")]
        [SerializeField, Range(0.1f, 10f)] private float timeoutSeconds = 0.5f;

        [Tooltip("What the avatar does when the sender is lost: ease to rest, or hold the last face.")]
        [SerializeField] private LostBehaviour whenLost = LostBehaviour.EaseToNeutral;

        [Tooltip("How long easing to rest takes, and easing back into the face when it returns. 0 jumps.")]
        [SerializeField, Range(0f, 5f)] private float easeSeconds = 0.4f;

        [Tooltip("On: while the sender is there but sees no face, show what it sends; avatar_driver eases to rest by "
            + "itself. Off: count that as lost at once, for senders that freeze.")]
        [SerializeField] private bool senderEases = true;

        [Tooltip("Keep the game running while another window is in front, as the window with your camera may be.")]
        [SerializeField] private bool runInBackground = true;

        private readonly Presence _presence = new Presence();
        private UdpFaceReceiver _receiver;
        private int _openPort;
        private bool _openBeyond;
        private float _retryIn;
        private bool _complained;

        /// <summary>The first receiver that is enabled in any scene, or null.</summary>
        public static AvatarDriverReceiver First => Enabled.Count > 0 ? Enabled[0] : null;

        /// <summary>UDP port it listens on.</summary>
        public int Port { get => port; set => port = value; }

        /// <summary>Whether other computers are heard.</summary>
        public bool ListenBeyondThisComputer
        {
            get => listenBeyondThisComputer;
            set => listenBeyondThisComputer = value;
        }

        /// <summary>Seconds without a face after which the sender counts as lost.</summary>
        public float TimeoutSeconds { get => timeoutSeconds; set => timeoutSeconds = value; }

        /// <summary>What the avatar does then.</summary>
        public LostBehaviour WhenLost { get => whenLost; set => whenLost = value; }

        /// <summary>How long easing takes.</summary>
        public float EaseSeconds { get => easeSeconds; set => easeSeconds = value; }

        /// <summary>Whether a face that the sender does not see is left to the sender.</summary>
        public bool SenderEases { get => senderEases; set => senderEases = value; }

        /// <summary>Whether the game keeps running while another window is in front.</summary>
        public bool RunInBackground { get => runInBackground; set => runInBackground = value; }

        /// <summary>Whether the port is open.</summary>
        public bool IsListening => _receiver != null;

        /// <summary>Whether faces come in.</summary>
        public bool IsReceiving { get; private set; }

        /// <summary>How much of the face to show, 0 to 1. Binders multiply with it.</summary>
        public float PresenceNow => _presence.Value;

        /// <summary>The newest face, or null before the first. It stays as it is until the next Update.</summary>
        public FaceFrame Frame { get; private set; }

        /// <summary>What was received since the port was opened.</summary>
        public ReceiveCounts Counts =>
            _receiver == null ? new ReceiveCounts() : _receiver.Statistics.At(Stopwatch.GetTimestamp());

        private void OnEnable()
        {
            Enabled.Add(this);
            _complained = false;
            _retryIn = 0f; // the port opens at the first Update: until then a script may still change it
        }

        private void OnDisable()
        {
            Close();
            Enabled.Remove(this);
            Frame = null;
            IsReceiving = false;
            _presence.Step(false, 1f, 0f);
        }

        private void Update()
        {
            if (_receiver != null && (_openPort != port || _openBeyond != listenBeyondThisComputer)) Reopen();
            else if (_receiver == null && (_retryIn -= Time.unscaledDeltaTime) <= 0f) Open();
            if (_receiver != null && _receiver.Frames.Take()) Frame = _receiver.Frames.Front;
            IsReceiving = _receiver != null && Frame != null && Counts.AgeSeconds <= timeoutSeconds;
            bool shown = IsReceiving && (Frame.Tracked || senderEases);
            bool held = Frame != null && whenLost == LostBehaviour.Hold;
            _presence.Step(shown || held, Time.unscaledDeltaTime, easeSeconds);
        }

        private void Reopen()
        {
            Close();
            _complained = false;
            _retryIn = 0f;
            Open();
        }

        private void Open()
        {
            if (runInBackground) Application.runInBackground = true;
            _openPort = port;
            _openBeyond = listenBeyondThisComputer;
            try
            {
                _receiver = new UdpFaceReceiver(port, listenBeyondThisComputer);
                if (_complained) Debug.Log("avatar_driver: port " + port + " is free now; listening.", this);
                _complained = false;
            }
            catch (SocketException error)
            {
                _retryIn = RetrySeconds;
                if (_complained) return; // once is enough
                _complained = true;
                Debug.LogError("avatar_driver: cannot listen on UDP port " + port + " (" + error.Message
                    + "). Another program, or another receiver in this scene, has it. Close that one, or set another "
                    + "port here and in the sender. Trying again until it is free.", this);
            }
        }

        private void Close()
        {
            if (_receiver != null) _receiver.Dispose();
            _receiver = null;
        }
    }
}
