using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace UnityEngine
{
    // A destroyed object equals null, as in Unity.
    public class Object
    {
        internal bool Destroyed;
        public string name { get; set; } = "";
        public static void Destroy(Object made) { if (!ReferenceEquals(made, null)) made.Destroyed = true; }
        public static void DestroyImmediate(Object made) { Destroy(made); }
        public static bool operator ==(Object a, Object b) => IsNull(a) || IsNull(b) ? IsNull(a) && IsNull(b) : ReferenceEquals(a, b);
        public static bool operator !=(Object a, Object b) => !(a == b);
        public override bool Equals(object other) => other is Object made && this == made;
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
        private static bool IsNull(Object made) => ReferenceEquals(made, null) || made.Destroyed;
    }

    public class Component : Object
    {
        public GameObject gameObject { get; internal set; }
        public Transform transform => gameObject.transform;
        public T GetComponent<T>() where T : class => gameObject.GetComponent<T>();

        public T GetComponentInParent<T>() where T : class
        {
            for (Transform at = transform; at != null; at = at.parent)
                if (at.GetComponent<T>() is T found) return found;
            return null;
        }

        public T[] GetComponentsInChildren<T>(bool includeInactive) where T : class =>
            transform.Below().SelectMany(one => one.gameObject.Components.OfType<T>()).ToArray();
    }

    public class Behaviour : Component { public bool enabled { get; set; } = true; }

    public class MonoBehaviour : Behaviour { }

    public class ScriptableObject : Object { }

    public class Transform : Component
    {
        private readonly List<Transform> _children = new List<Transform>();
        public Transform parent { get; private set; }
        public Vector3 localPosition { get; set; }
        public Vector3 localScale { get; set; } = new Vector3(1, 1, 1);
        public Quaternion localRotation { get; set; } = Quaternion.identity;

        public Quaternion rotation
        {
            get => parent == null ? localRotation : parent.rotation * localRotation;
            set => localRotation = parent == null ? value : Quaternion.Inverse(parent.rotation) * value;
        }

        public Vector3 position
        {
            get => parent == null ? localPosition : parent.position + parent.rotation * localPosition;
            set => localPosition = parent == null ? value : Quaternion.Inverse(parent.rotation) * (value - parent.position);
        }

        public Vector3 forward => rotation * Vector3.forward;

        public void SetParent(Transform to, bool worldPositionStays)
        {
            if (worldPositionStays) throw new NotSupportedException();
            if (parent != null) parent._children.Remove(this);
            parent = to;
            to._children.Add(this);
        }

        public void LookAt(Vector3 point) { }
        internal IEnumerable<Transform> Below() => new[] { this }.Concat(_children.SelectMany(child => child.Below()));
    }

    public enum PrimitiveType { Sphere }

    public sealed class GameObject : Object
    {
        internal readonly List<Component> Components = new List<Component>();
        public GameObject(string name = "")
        {
            this.name = name;
            transform = Attach(new Transform());
            Stub.Everything.Add(this);
        }

        public Transform transform { get; }
        public T GetComponent<T>() where T : class => Components.OfType<T>().FirstOrDefault();

        public T AddComponent<T>() where T : Component, new()
        {
            T made = Attach(new T());
            Stub.Call(made, "OnEnable");
            return made;
        }

        public static GameObject CreatePrimitive(PrimitiveType type)
        {
            var made = new GameObject(type.ToString());
            made.AddComponent<MeshRenderer>();
            return made;
        }

        private T Attach<T>(T made) where T : Component
        {
            made.gameObject = this;
            made.name = name;
            Components.Add(made);
            return made;
        }
    }

    // What Unity's player loop does, for whoever runs the package without Unity.
    public static class Stub
    {
        public static readonly List<GameObject> Everything = new List<GameObject>();
        public static readonly List<string> Log = new List<string>();
        private static readonly HashSet<object> Started = new HashSet<object>();

        public static void Step(float seconds)
        {
            Time.unscaledDeltaTime = seconds;
            foreach (string stage in new[] { "Start", "Update", "LateUpdate" })
                foreach (MonoBehaviour one in Behaviours())
                    if (one.enabled && (stage != "Start" || Started.Add(one))) Call(one, stage);
        }

        public static void SetEnabled(Behaviour one, bool enabled)
        {
            if (one.enabled == enabled) return;
            one.enabled = enabled;
            Call(one, enabled ? "OnEnable" : "OnDisable");
        }

        public static void Clear()
        {
            foreach (MonoBehaviour one in Behaviours())
            {
                SetEnabled(one, false);
                Call(one, "OnDestroy");
            }
            Everything.Clear();
            Log.Clear();
        }

        public static void Call(object one, string method)
        {
            for (Type type = one.GetType(); type != null; type = type.BaseType)
            {
                MethodInfo found = type.GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic
                    | BindingFlags.Public | BindingFlags.DeclaredOnly, null, Type.EmptyTypes, null);
                if (found == null) continue;
                found.Invoke(one, null);
                return;
            }
        }

        // Lowest DefaultExecutionOrder first, as Unity does.
        private static List<MonoBehaviour> Behaviours() => Everything.ToList()
            .SelectMany(one => one.Components).OfType<MonoBehaviour>().OrderBy(Order).ToList();

        private static int Order(MonoBehaviour one) =>
            one.GetType().GetCustomAttribute<DefaultExecutionOrder>()?.order ?? 0;
    }
}
