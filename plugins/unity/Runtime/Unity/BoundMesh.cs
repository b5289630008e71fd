using System.Collections.Generic;
using AvatarDriver.Protocol;
using UnityEngine;

namespace AvatarDriver
{
    /// <summary>One mesh's blend shapes, bound to the names that are received.</summary>
    internal sealed class BoundMesh
    {
        private const float UsualFullWeight = 100f;

        private readonly Mesh _mesh;
        private readonly float[] _full;
        private readonly float[] _rest;
        private readonly bool[] _moved; // by us, and not put back since
        private readonly ShapeTuning[] _tunings;
        private bool _atRest = true;

        public BoundMesh(SkinnedMeshRenderer renderer, IReadOnlyList<ShapeTuning> tunings, float fullWeight)
        {
            Renderer = renderer;
            _mesh = renderer.sharedMesh;
            int count = _mesh.blendShapeCount;
            var names = new string[count];
            _full = new float[count];
            _rest = new float[count];
            _moved = new bool[count];
            _tunings = new ShapeTuning[count];
            for (int i = 0; i < count; i++)
            {
                string own = _mesh.GetBlendShapeName(i);
                names[i] = Alias(own, tunings) ?? own;
                _full[i] = fullWeight > 0f ? fullWeight : FullWeight(_mesh, i);
            }
            Shapes = new MeshShapes(names);
            for (int i = 0; i < count; i++) _tunings[i] = Tuning(Shapes[i], tunings);
        }

        public SkinnedMeshRenderer Renderer { get; }

        public MeshShapes Shapes { get; }

        /// <summary>Whether the renderer is still there and still shows the mesh that was bound.</summary>
        public bool IsCurrent => Renderer != null && Renderer.sharedMesh == _mesh;

        public string MeshName(int shape)
        {
            return _mesh.GetBlendShapeName(shape);
        }

        public void Drive(FaceFrame frame, float presence, float strength)
        {
            if (_atRest) TakeRest();
            for (int i = 0; i < Shapes.Count; i++)
            {
                if (!Shapes.IsDriven(i))
                {
                    PutBack(i); // the sender before knew it, this one does not
                    continue;
                }
                Shapes.TryRead(frame, i, out float weight, out _);
                float multiplier = _tunings[i] == null ? strength : strength * _tunings[i].Multiplier;
                float target = Mathf.Clamp01(weight * multiplier) * _full[i];
                Renderer.SetBlendShapeWeight(i, Mathf.Lerp(_rest[i], target, presence));
                _moved[i] = presence > 0f; // at rest the weight is the avatar's own again
            }
            _atRest = presence <= 0f;
        }

        /// <summary>Puts back the weights the driven shapes had before the face came.</summary>
        public void Restore()
        {
            if (Renderer == null || Renderer.sharedMesh == null) return;
            // Another mesh in the same renderer inherits the weights by their places.
            int count = Mathf.Min(Shapes.Count, Renderer.sharedMesh.blendShapeCount);
            for (int i = 0; i < count; i++) PutBack(i);
            _atRest = true;
        }

        // While no face is shown the weights are the avatar's own: saved with an expression, or set by the game.
        private void TakeRest()
        {
            for (int i = 0; i < Shapes.Count; i++) _rest[i] = Renderer.GetBlendShapeWeight(i);
        }

        private void PutBack(int shape)
        {
            if (_moved[shape]) Renderer.SetBlendShapeWeight(shape, _rest[shape]);
            _moved[shape] = false;
        }

        // Mostly 100, but importers of glTF make meshes whose shapes are full at 1.
        private static float FullWeight(Mesh mesh, int shape)
        {
            int frames = mesh.GetBlendShapeFrameCount(shape);
            float full = frames > 0 ? mesh.GetBlendShapeFrameWeight(shape, frames - 1) : 0f;
            return full > 0f ? full : UsualFullWeight;
        }

        private static string Alias(string own, IReadOnlyList<ShapeTuning> tunings)
        {
            foreach (ShapeTuning tuning in tunings)
                if (tuning.Drives == own && tuning.Shape.Length > 0) return tuning.Shape;
            return null;
        }

        private static ShapeTuning Tuning(ShapeName shape, IReadOnlyList<ShapeTuning> tunings)
        {
            foreach (ShapeTuning tuning in tunings)
            {
                var named = new ShapeName(tuning.Shape);
                bool same = named.Folded.Length > 0 && named.Folded == shape.Folded;
                if (same || named.Arkit >= 0 && named.Arkit == shape.ArkitWithin) return tuning;
            }
            return null;
        }
    }
}
