using System;
using System.Collections.Generic;
using AvatarDriver.Protocol;
using UnityEngine;

namespace AvatarDriver
{
    /// <summary>
    /// Drives the blend shapes of all skinned meshes below it. Names are matched tolerantly: any case, separators,
    /// prefixes and suffixes, Left and Right or L and R.
    /// </summary>
    [AddComponentMenu("Avatar Driver/Blend Shape Binder")]
    [DisallowMultipleComponent]
    public sealed class BlendShapeBinder : FaceBinder
    {
        [Tooltip("The meshes to drive. Empty: every skinned mesh with blend shapes on this object and below it.")]
        [SerializeField] private SkinnedMeshRenderer[] renderers = new SkinnedMeshRenderer[0];

        [Tooltip("Multiplies every shape. 1 shows the face as it is sent.")]
        [SerializeField, Range(0f, 2f)] private float strength = 1f;

        [Tooltip("The weight at which a blend shape is full. 0: as the mesh says, which is mostly 100.")]
        [SerializeField, Min(0f)] private float fullWeight = 0f;

        [Tooltip("Shapes to change: make one stronger or weaker, or let it drive a blend shape of another name.")]
        [SerializeField] private List<ShapeTuning> tunings = new List<ShapeTuning>();

        private readonly List<BoundMesh> _bound = new List<BoundMesh>();
        private bool _stale = true;

        /// <summary>The meshes to drive; empty for all below. Call <see cref="Rebind"/> after a change.</summary>
        public SkinnedMeshRenderer[] Renderers { get => renderers; set => renderers = value; }

        /// <summary>What every shape is multiplied with.</summary>
        public float Strength { get => strength; set => strength = value; }

        /// <summary>The weight at which a shape is full; 0 for what the mesh says.</summary>
        public float FullWeight { get => fullWeight; set => fullWeight = value; }

        /// <summary>Shapes that are changed. Call <see cref="Rebind"/> after a change of the list.</summary>
        public List<ShapeTuning> Tunings => tunings;

        /// <summary>How many blend shapes of the meshes are driven.</summary>
        public int DrivenCount
        {
            get
            {
                int count = 0;
                foreach (BoundMesh mesh in _bound)
                    for (int i = 0; i < mesh.Shapes.Count; i++)
                        if (mesh.Shapes.IsDriven(i)) count++;
                return count;
            }
        }

        /// <summary>Looks for meshes and names anew, at the next frame.</summary>
        public void Rebind()
        {
            _stale = true;
        }

        /// <inheritdoc/>
        public override void Drive(FaceFrame frame, float presence)
        {
            if (_stale || !_bound.TrueForAll(IsCurrent)) Bind();
            foreach (BoundMesh mesh in _bound)
            {
                mesh.Shapes.Learn(frame.Names);
                mesh.Drive(frame, presence, strength);
            }
        }

        /// <summary>Received names that no blend shape answers to.</summary>
        public void UnmatchedNames(FaceFrame frame, List<string> into)
        {
            into.Clear();
            for (int number = 0; number < frame.WeightCount; number++)
            {
                if (!frame.TryWeight(number, out _)) continue;
                if (!_bound.Exists(mesh => mesh.Shapes.Drives(number))) into.Add(frame.Names[number].Text);
            }
        }

        /// <summary>Blend shapes that no received name drives, as "mesh: shape".</summary>
        public void UndrivenShapes(List<string> into)
        {
            into.Clear();
            foreach (BoundMesh mesh in _bound)
                for (int i = 0; i < mesh.Shapes.Count; i++)
                    if (mesh.IsCurrent && !mesh.Shapes.IsDriven(i)) into.Add(mesh.Renderer.name + ": " + mesh.MeshName(i));
        }

        private void OnDisable()
        {
            Release();
        }

        private void OnValidate()
        {
            _stale = true;
        }

        private void Bind()
        {
            Release();
            SkinnedMeshRenderer[] found = renderers;
            if (found.Length == 0) found = GetComponentsInChildren<SkinnedMeshRenderer>(true);
            foreach (SkinnedMeshRenderer renderer in found)
            {
                if (renderer == null || renderer.sharedMesh == null) continue;
                if (renderer.sharedMesh.blendShapeCount > 0) _bound.Add(new BoundMesh(renderer, tunings, fullWeight));
            }
            _stale = false;
        }

        private void Release()
        {
            foreach (BoundMesh mesh in _bound) mesh.Restore();
            _bound.Clear();
            _stale = true;
        }

        private static readonly Predicate<BoundMesh> IsCurrent = mesh => mesh.IsCurrent;
    }
}
