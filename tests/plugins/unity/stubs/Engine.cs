using System;
using System.Collections.Generic;

namespace UnityEngine
{
    public class Renderer : Component
    {
        public Material sharedMaterial { get; set; }
    }

    public sealed class MeshRenderer : Renderer { }

    public sealed class SkinnedMeshRenderer : Renderer
    {
        private readonly Dictionary<int, float> _weights = new Dictionary<int, float>();
        public Mesh sharedMesh { get; set; }
        public bool updateWhenOffscreen { get; set; }
        public float GetBlendShapeWeight(int index) => _weights.TryGetValue(Checked(index), out float w) ? w : 0;
        public void SetBlendShapeWeight(int index, float value) { _weights[Checked(index)] = value; }

        private int Checked(int index)
        {
            if (index < 0 || index >= sharedMesh.blendShapeCount) throw new ArgumentOutOfRangeException(nameof(index));
            return index;
        }
    }

    public sealed class Mesh : Object
    {
        private readonly List<string> _names = new List<string>();
        private readonly List<float> _full = new List<float>();
        public Vector3[] vertices { get; set; } = new Vector3[0];
        public int[] triangles { get; set; } = new int[0];
        public readonly List<Vector3[]> Deltas = new List<Vector3[]>();
        public int blendShapeCount => _names.Count;
        public string GetBlendShapeName(int index) => _names[index];
        public int GetBlendShapeFrameCount(int index) => _names[index] == null ? 0 : 1;
        public float GetBlendShapeFrameWeight(int index, int frame) => frame == 0 ? _full[index] : throw new ArgumentException();
        public int GetBlendShapeIndex(string name) => _names.IndexOf(name);
        public void RecalculateNormals() { }
        public void RecalculateBounds() { }

        public void AddBlendShapeFrame(string name, float weight, Vector3[] moved, Vector3[] normals, Vector3[] tangents)
        {
            if (moved.Length != vertices.Length || normals.Length != moved.Length || tangents.Length != moved.Length)
                throw new ArgumentException("a blend shape has one delta for each vertex");
            if (_names.Contains(name)) throw new ArgumentException("the blend shape is there already: " + name);
            _names.Add(name);
            _full.Add(weight);
            Deltas.Add(moved);
        }
    }

    public sealed class Shader : Object
    {
        public static Shader Find(string name) => name == "Standard" ? new Shader { name = name } : null;
    }

    public sealed class Material : Object
    {
        public Material(Shader shader) { if (shader == null) throw new ArgumentNullException(nameof(shader)); }
        public Color color { get; set; }
    }

    public sealed class Camera : Behaviour { public static Camera main => null; }

    public enum HumanBodyBones { Neck, Head, LeftEye, RightEye }

    public sealed class Animator : Behaviour
    {
        public readonly Dictionary<HumanBodyBones, Transform> Bones = new Dictionary<HumanBodyBones, Transform>();
        public bool isHuman => Bones.Count > 0;
        public Transform GetBoneTransform(HumanBodyBones bone) => Bones.TryGetValue(bone, out Transform found) ? found : null;
    }

    public static class Time { public static float unscaledDeltaTime { get; set; } }

    public static class Application
    {
        public static bool isPlaying { get; set; } = true;
        public static bool runInBackground { get; set; }
    }

    public static class Debug
    {
        public static void Log(object message, Object about) { Stub.Log.Add("log: " + message); }
        public static void LogError(object message, Object about) { Stub.Log.Add("error: " + message); }
    }

    public abstract class PropertyAttribute : Attribute { }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class SerializeField : Attribute { }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TooltipAttribute : PropertyAttribute
    {
        public readonly string tooltip;
        public TooltipAttribute(string tooltip) { this.tooltip = tooltip; }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class RangeAttribute : PropertyAttribute
    {
        public readonly float min, max;
        public RangeAttribute(float min, float max) { this.min = min; this.max = max; }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class MinAttribute : PropertyAttribute
    {
        public readonly float min;
        public MinAttribute(float min) { this.min = min; }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class AddComponentMenu : Attribute { public AddComponentMenu(string menuName) { } }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class DefaultExecutionOrder : Attribute
    {
        public readonly int order;
        public DefaultExecutionOrder(int order) { this.order = order; }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class DisallowMultipleComponent : Attribute { }
}
