using AvatarDriver.Protocol;
using UnityEditor;
using UnityEngine;

namespace AvatarDriver.Editing
{
    /// <summary>Shows, below a receiver's settings, whether a face comes in and what is in it.</summary>
    [CustomEditor(typeof(AvatarDriverReceiver))]
    public sealed class ReceiverEditor : Editor
    {
        private static bool _showWeights = true;

        /// <inheritdoc/>
        public override bool RequiresConstantRepaint()
        {
            return Application.isPlaying;
        }

        /// <inheritdoc/>
        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            EditorGUILayout.Space();
            var receiver = (AvatarDriverReceiver)target;
            if (!Application.isPlaying)
            {
                EditorGUILayout.HelpBox("Press Play to listen on UDP port " + receiver.Port + ".", MessageType.Info);
                return;
            }
            EditorGUILayout.HelpBox(State(receiver), receiver.IsReceiving ? MessageType.Info : MessageType.Warning);
            ShowCounts(receiver.Counts);
            if (receiver.Frame != null) ShowFrame(receiver.Frame);
        }

        /// <summary>One sentence on what the receiver does, and what to do about it.</summary>
        public static string State(AvatarDriverReceiver receiver)
        {
            if (!receiver.IsListening) return "Port " + receiver.Port + " is taken by another program; see the console.";
            ReceiveCounts counts = receiver.Counts;
            if (receiver.IsReceiving)
                return receiver.Frame.Tracked ? "Receiving a face." : "Receiving; the sender sees no face.";
            if (counts.Frames > 0) return "Lost: no face for " + counts.AgeSeconds.ToString("0.0") + " s.";
            if (counts.Packets > 0) return "VMC comes in, but no face yet: blend shapes must end with an Apply.";
            if (counts.BadPackets > 0) return "What comes in is not VMC (" + counts.LastFault + ").";
            return "Nothing has come in yet. Is the sender running, and does it send to port " + receiver.Port + "?";
        }

        private static void ShowCounts(ReceiveCounts counts)
        {
            EditorGUILayout.LabelField("Frames a second", counts.FramesPerSecond.ToString("0.0"));
            EditorGUILayout.LabelField("Frames", counts.Frames + " (" + counts.UnseenFrames + " replaced unseen)");
            EditorGUILayout.LabelField("Packets", counts.Packets + " (" + counts.BadPackets + " bad)");
            EditorGUILayout.LabelField(
                "Gaps", counts.Gaps + " (longest pause " + counts.LongestPauseSeconds.ToString("0.00") + " s)");
            if (counts.SocketErrors > 0)
                EditorGUILayout.LabelField("Socket errors", counts.SocketErrors + " (last " + counts.LastSocketError + ")");
        }

        private static void ShowFrame(FaceFrame frame)
        {
            EditorGUILayout.LabelField("Sender's time", frame.SenderTime.ToString("0.00") + " s");
            _showWeights = EditorGUILayout.Foldout(_showWeights, "Weights", true);
            if (!_showWeights) return;
            for (int number = 0; number < frame.WeightCount; number++)
            {
                if (!frame.TryWeight(number, out float weight)) continue;
                Rect bar = EditorGUILayout.GetControlRect();
                EditorGUI.ProgressBar(bar, weight, frame.Names[number].Text + "  " + weight.ToString("0.00"));
            }
        }
    }
}
