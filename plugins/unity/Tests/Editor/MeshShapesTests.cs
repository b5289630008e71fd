using AvatarDriver.Protocol;
using NUnit.Framework;

namespace AvatarDriver.Tests
{
    public sealed class MeshShapesTests
    {
        private FaceAssembly _face;

        [SetUp]
        public void BeginAnew()
        {
            _face = new FaceAssembly();
        }

        [Test]
        public void AnExactNameComesBeforeOneThatOnlyMeansTheSame()
        {
            FaceFrame frame = _face.Face("JawOpen", 0.25f, "jaw_open", 0.5f, "Joy", 0.75f);
            CheckWeights(frame, new[] { "jaw_open", "JawOpen", "joy", "AK_JawOpen" }, 0.5f, 0.25f, 0.75f, -1f);
        }

        [Test]
        public void TheNameWithFewestOtherWordsIsTheShapeAndTwinsBothAre()
        {
            FaceFrame frame = _face.Face("cheekPuff", 0.5f, "mouthLeft", 0.25f);
            CheckWeights(frame, new[] { "Cheek_Puff_L", "Cheek_Puff_R", "mouthLeft", "mouthLeft_corner" },
                0.5f, 0.5f, 0.25f, -1f);
        }

        [Test]
        public void OtherNamesThanArkitsMatchWhateverTheirCaseAndSeparators()
        {
            FaceFrame frame = _face.Face("Blink_L", 1f, "A", 0.5f);
            CheckWeights(frame, new[] { "blinkLeft", "a", "Fcl_A" }, 1f, 0.5f, -1f);
        }

        [Test]
        public void ASenderMayChangeItsSpellingWhileItRuns()
        {
            var shapes = new MeshShapes(new[] { "jawOpen" });
            CheckWeight(shapes, _face.Face("JawOpen", 0.5f), 0, 0.5f);
            CheckWeight(shapes, _face.Face("jawOpen", 0.25f), 0, 0.25f);
            CheckWeight(shapes, _face.Face("JawOpen", 1f), 0, 1f);
            CheckWeight(shapes, _face.Apply(), 0, 0f);
        }

        [Test]
        public void NamesOfAnotherReceiverAreLearntAnew()
        {
            var shapes = new MeshShapes(new[] { "jawOpen", "tongueOut" });
            CheckWeight(shapes, _face.Face("jawOpen", 0.5f, "tongueOut", 0.25f), 1, 0.25f);
            CheckWeight(shapes, new FaceAssembly().Face("tongueOut", 0.75f, "jawOpen", 1f), 1, 0.75f);
        }

        private static void CheckWeights(FaceFrame frame, string[] names, params float[] expected)
        {
            var shapes = new MeshShapes(names);
            for (int i = 0; i < names.Length; i++) CheckWeight(shapes, frame, i, expected[i]);
        }

        private static void CheckWeight(MeshShapes shapes, FaceFrame frame, int shape, float expected)
        {
            shapes.Learn(frame.Names);
            bool driven = shapes.TryRead(frame, shape, out float weight, out _);
            Assert.AreEqual(expected, driven ? weight : -1f, 1e-6, shapes[shape].Text);
        }
    }
}
