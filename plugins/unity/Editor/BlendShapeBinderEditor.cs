using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace AvatarDriver.Editing
{
    /// <summary>Shows, below a binder's settings, how many shapes are driven and which names find no partner.</summary>
    [CustomEditor(typeof(BlendShapeBinder))]
    public sealed class BlendShapeBinderEditor : Editor
    {
        private static bool _showUnmatched = true;
        private static bool _showUndriven;

        private readonly List<string> _names = new List<string>();

        /// <inheritdoc/>
        public override bool RequiresConstantRepaint()
        {
            return Application.isPlaying;
        }

        /// <inheritdoc/>
        public override void OnInspectorGUI()
        {
            var binder = (BlendShapeBinder)target;
            EditorGUI.BeginChangeCheck();
            DrawDefaultInspector();
            if (EditorGUI.EndChangeCheck()) binder.Rebind();
            EditorGUILayout.Space();
            AvatarDriverReceiver receiver = binder.Receiver;
            if (receiver == null)
            {
                EditorGUILayout.HelpBox("No receiver yet: add 'Avatar Driver > Receiver'.", MessageType.Warning);
                return;
            }
            if (!Application.isPlaying || receiver.Frame == null)
            {
                EditorGUILayout.HelpBox("Names are matched when the first face comes in.", MessageType.Info);
                return;
            }
            EditorGUILayout.LabelField("Blend shapes driven", binder.DrivenCount.ToString());
            binder.UnmatchedNames(receiver.Frame, _names);
            _showUnmatched = List(_showUnmatched, "Received, but no blend shape has that name");
            binder.UndrivenShapes(_names);
            _showUndriven = List(_showUndriven, "Blend shapes that nothing received drives");
        }

        private bool List(bool shown, string title)
        {
            shown = EditorGUILayout.Foldout(shown, title + " (" + _names.Count + ")", true);
            if (!shown) return false;
            EditorGUI.indentLevel++;
            foreach (string name in _names) EditorGUILayout.LabelField(name);
            EditorGUI.indentLevel--;
            return true;
        }
    }
}
