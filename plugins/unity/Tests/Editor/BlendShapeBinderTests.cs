using System.Collections.Generic;
using AvatarDriver.Protocol;
using NUnit.Framework;
using UnityEngine;

namespace AvatarDriver.Tests
{
    public sealed class BlendShapeBinderTests
    {
        private readonly List<Object> _made = new List<Object>();
        private FaceAssembly _face;

        [SetUp]
        public void BeginAnew()
        {
            _face = new FaceAssembly();
        }

        [TearDown]
        public void DestroyWhatWasMade()
        {
            foreach (Object made in _made)
                if (made != null) Object.DestroyImmediate(made);
            _made.Clear();
        }

        [Test]
        public void EveryMeshBelowIsDrivenUpToItsFullWeight()
        {
            GameObject avatar = Avatar();
            SkinnedMeshRenderer head = Mesh(avatar, 100f, "Face.JawOpen", "eyeBlink_L");
            SkinnedMeshRenderer teeth = Mesh(avatar, 1f, "jaw_open");
            var binder = avatar.AddComponent<BlendShapeBinder>();
            binder.Drive(_face.Face("jawOpen", 0.25f, "eyeBlinkLeft", 1f), 1f);
            CheckWeights(head, 25f, 100f);
            CheckWeights(teeth, 0.25f);
            Assert.AreEqual(3, binder.DrivenCount);
            binder.FullWeight = 50f;
            binder.Rebind();
            binder.Drive(_face.Face("jawOpen", 0.5f), 1f);
            CheckWeights(head, 25f, 0f);
        }

        [Test]
        public void MultipliersStayWithinRestAndFull()
        {
            GameObject avatar = Avatar();
            SkinnedMeshRenderer head = Mesh(avatar, 100f, "AK_JawOpen", "tongueOut");
            var binder = avatar.AddComponent<BlendShapeBinder>();
            binder.Tunings.Add(new ShapeTuning { Shape = "jaw open", Multiplier = 3f });
            binder.Drive(_face.Face("JawOpen", 0.25f, "TongueOut", 0.25f), 1f);
            CheckWeights(head, 75f, 25f);
            binder.Strength = 2f;
            binder.Drive(_face.Face("JawOpen", 0.25f, "TongueOut", 0.25f), 1f);
            CheckWeights(head, 100f, 50f);
        }

        [Test]
        public void ATuningLetsAShapeDriveOneOfAnotherName()
        {
            GameObject avatar = Avatar();
            SkinnedMeshRenderer head = Mesh(avatar, 100f, "Fcl_MTH_A", "Fcl_MTH_I");
            var binder = avatar.AddComponent<BlendShapeBinder>();
            binder.Tunings.Add(new ShapeTuning { Shape = "A", Drives = "Fcl_MTH_A", Multiplier = 0.5f });
            FaceFrame frame = _face.Face("A", 1f, "I", 1f);
            binder.Drive(frame, 1f);
            CheckWeights(head, 50f, 0f);
            var names = new List<string>();
            binder.UnmatchedNames(frame, names);
            CollectionAssert.AreEqual(new[] { "I" }, names);
            binder.UndrivenShapes(names);
            CollectionAssert.AreEqual(new[] { head.name + ": Fcl_MTH_I" }, names);
        }

        [Test]
        public void ShapesThatNothingDrivesAreLeftAloneAndRestIsWhatWasThere()
        {
            GameObject avatar = Avatar();
            SkinnedMeshRenderer head = Mesh(avatar, 100f, "jawOpen", "hatOn");
            head.SetBlendShapeWeight(0, 10f);
            head.SetBlendShapeWeight(1, 60f);
            var binder = avatar.AddComponent<BlendShapeBinder>();
            binder.Drive(_face.Face("jawOpen", 0.5f), 1f);
            CheckWeights(head, 50f, 60f);
            binder.Drive(_face.Face("jawOpen", 0.5f), 0.5f);
            CheckWeights(head, 30f, 60f);
            binder.Drive(_face.Face("jawOpen", 0.5f), 0f);
            CheckWeights(head, 10f, 60f);
        }

        [Test]
        public void RestIsWhatTheGameSetsWhileNoFaceIsShown()
        {
            GameObject avatar = Avatar();
            SkinnedMeshRenderer head = Mesh(avatar, 100f, "jawOpen");
            var binder = avatar.AddComponent<BlendShapeBinder>();
            binder.Drive(_face.Face("jawOpen", 0.5f), 1f);
            binder.Drive(_face.Face("jawOpen", 0.5f), 0f);
            head.SetBlendShapeWeight(0, 30f);
            binder.Drive(_face.Face("jawOpen", 0.5f), 1f);
            CheckWeights(head, 50f);
            binder.Drive(_face.Face("jawOpen", 0.5f), 0f);
            CheckWeights(head, 30f);
        }

        [Test]
        public void WhatTheGameSetAfterTheFaceHadGoneStaysWhenTheBinderBindsAnew()
        {
            GameObject avatar = Avatar();
            SkinnedMeshRenderer head = Mesh(avatar, 100f, "jawOpen");
            var binder = avatar.AddComponent<BlendShapeBinder>();
            binder.Drive(_face.Face("jawOpen", 0.5f), 1f);
            binder.Drive(_face.Face("jawOpen", 0.5f), 0f);
            head.SetBlendShapeWeight(0, 30f);
            binder.Rebind();
            binder.Drive(_face.Face("jawOpen", 0.5f), 0f);
            CheckWeights(head, 30f);
        }

        [Test]
        public void AShapeThatTheNextSenderDoesNotKnowGoesBackToRest()
        {
            GameObject avatar = Avatar();
            SkinnedMeshRenderer head = Mesh(avatar, 100f, "jawOpen", "cheekPuff");
            head.SetBlendShapeWeight(1, 10f);
            var binder = avatar.AddComponent<BlendShapeBinder>();
            binder.Drive(_face.Face("jawOpen", 0.5f, "cheekPuff", 1f), 1f);
            CheckWeights(head, 50f, 100f);
            binder.Drive(new FaceAssembly().Face("jawOpen", 0.25f), 1f); // the port was changed meanwhile
            CheckWeights(head, 25f, 10f);
        }

        [Test]
        public void RebindingWhileAFaceIsShownTakesNoFaceForRest()
        {
            GameObject avatar = Avatar();
            SkinnedMeshRenderer head = Mesh(avatar, 100f, "jawOpen");
            head.SetBlendShapeWeight(0, 10f);
            var binder = avatar.AddComponent<BlendShapeBinder>();
            binder.Drive(_face.Face("jawOpen", 1f), 1f);
            binder.Rebind();
            binder.Drive(_face.Face("jawOpen", 1f), 1f);
            head.sharedMesh = Made("jawOpen", 100f);
            binder.Drive(_face.Face("jawOpen", 1f), 1f);
            CheckWeights(head, 100f);
            binder.Drive(_face.Face("jawOpen", 1f), 0f);
            CheckWeights(head, 10f);
        }

        [Test]
        public void AMeshThatIsSwappedOrDestroyedIsBoundAnew()
        {
            GameObject avatar = Avatar();
            SkinnedMeshRenderer head = Mesh(avatar, 100f, "jawOpen", "tongueOut");
            var binder = avatar.AddComponent<BlendShapeBinder>();
            binder.Drive(_face.Face("jawOpen", 0.5f, "tongueOut", 0.25f), 1f);
            head.sharedMesh = Made("tongueOut", 100f);
            binder.Drive(_face.Face("jawOpen", 0.5f, "tongueOut", 0.75f), 1f);
            CheckWeights(head, 75f);
            Object.DestroyImmediate(head);
            binder.Drive(_face.Face("jawOpen", 0.5f), 1f);
        }

        private static void CheckWeights(SkinnedMeshRenderer renderer, params float[] expected)
        {
            for (int i = 0; i < expected.Length; i++)
                Assert.AreEqual(expected[i], renderer.GetBlendShapeWeight(i), 1e-3, renderer.sharedMesh.GetBlendShapeName(i));
        }

        private GameObject Avatar()
        {
            var avatar = new GameObject("avatar");
            _made.Add(avatar);
            return avatar;
        }

        private SkinnedMeshRenderer Mesh(GameObject avatar, float full, params string[] shapes)
        {
            var child = new GameObject(shapes[0]);
            child.transform.SetParent(avatar.transform, false);
            var renderer = child.AddComponent<SkinnedMeshRenderer>();
            renderer.sharedMesh = Made(string.Join(",", shapes), full);
            return renderer;
        }

        private Mesh Made(string shapes, float full)
        {
            var mesh = new Mesh { vertices = new Vector3[3], triangles = new[] { 0, 1, 2 } };
            foreach (string shape in shapes.Split(','))
                mesh.AddBlendShapeFrame(shape, full, new Vector3[3], new Vector3[3], new Vector3[3]);
            _made.Add(mesh);
            return mesh;
        }
    }
}
