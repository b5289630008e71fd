using System;
using System.Collections.Generic;
using UnityEngine;

namespace UnityEditor
{
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CustomEditor : Attribute { public CustomEditor(Type inspectedType) { } }

    [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
    public sealed class MenuItem : Attribute
    {
        public MenuItem(string itemName, bool isValidateFunction = false, int priority = 0) { }
    }

    public class Editor : ScriptableObject
    {
        public UnityEngine.Object target { get; set; }
        public virtual void OnInspectorGUI() { }
        public virtual bool RequiresConstantRepaint() => false;
        public bool DrawDefaultInspector() => false;
    }

    public enum MessageType { None, Info, Warning, Error }

    // Keeps what would be shown.
    public static class EditorGUILayout
    {
        public static readonly List<string> Shown = new List<string>();
        public static void Space() { }
        public static void HelpBox(string message, MessageType type) { Shown.Add(type + ": " + message); }
        public static void LabelField(string label) { Shown.Add(label); }
        public static void LabelField(string label, string value) { Shown.Add(label + ": " + value); }
        public static bool Foldout(bool shown, string content, bool toggleOnLabelClick) { Shown.Add(content); return true; }
        public static Rect GetControlRect() => default(Rect);
    }

    public static class EditorGUI
    {
        public static int indentLevel { get; set; }
        public static void BeginChangeCheck() { }
        public static bool EndChangeCheck() => false;
        public static void ProgressBar(Rect position, float value, string text) { EditorGUILayout.Shown.Add("bar: " + text); }
    }

    public static class Selection { public static GameObject activeGameObject { get; set; } }

    public static class Undo
    {
        public static T AddComponent<T>(GameObject to) where T : Component
        {
            return (T)typeof(GameObject).GetMethod("AddComponent").MakeGenericMethod(typeof(T)).Invoke(to, null);
        }
    }
}
