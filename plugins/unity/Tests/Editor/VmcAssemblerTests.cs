using System.Diagnostics;
using AvatarDriver.Protocol;
using NUnit.Framework;

namespace AvatarDriver.Tests
{
    public sealed class VmcAssemblerTests
    {
        private FaceAssembly _face;

        [SetUp]
        public void BeginAnew()
        {
            _face = new FaceAssembly();
        }

        [Test]
        public void ApplyReplacesTheSetAndNamesKeepTheirCase()
        {
            CollectionAssert.AreEqual(new[] { "JawOpen=0.5", "jawOpen=0.25" },
                FaceAssembly.Weights(_face.Face("JawOpen", 0.5f, "jawOpen", 0.25f)));
            CollectionAssert.AreEqual(new[] { "jawOpen=1" }, FaceAssembly.Weights(_face.Face("jawOpen", 1f)));
            CollectionAssert.AreEqual(new string[0], FaceAssembly.Weights(_face.Apply()));
        }

        [Test]
        public void NothingIsShownBeforeApply()
        {
            _face.Face("A", 0.5f);
            _face.Send("/VMC/Ext/Blend/Val", "A", 1f);
            Assert.AreEqual(1L, _face.Statistics.At(0).Frames);
        }

        [Test]
        public void WeightsAreKeptWithinZeroAndOne()
        {
            CollectionAssert.AreEqual(new[] { "a=0", "b=1" }, FaceAssembly.Weights(_face.Face("a", -3f, "b", 3f)));
        }

        [Test]
        public void AMessageWithTooFewOrWrongArgumentsIsVoidAndSurplusOnesAreIgnored()
        {
            _face.Send("/VMC/Ext/Blend/Val", "integer", 1).Send("/VMC/Ext/Blend/Val", "none");
            _face.Send("/VMC/Ext/Blend/Val", 1f, "turned round").Send("/VMC/Ext/Blend/Val", "surplus", 0.5f, 7);
            _face.Send("/VMC/Ext/Blend/Value", "other address", 1f).Send("/VMC/Ext/Bone/Pos", "Head", 0f, 0f, 0f, 1f);
            FaceFrame frame = _face.Apply();
            CollectionAssert.AreEqual(new[] { "surplus=0.5" }, FaceAssembly.Weights(frame));
            Assert.IsFalse(frame.TryBone(frame.BoneNames.Find("Head"), out _));
        }

        [Test]
        public void BonesKeepTheirLastPoseAndAreNormalised()
        {
            _face.Send("/VMC/Ext/Bone/Pos", "Head", 1f, 2f, 3f, 0f, 3f, 0f, 4f);
            _face.Send("/VMC/Ext/Bone/Pos", "Head", 9f, 9f, 9f, 0f, 0f, 0f, 0f); // no rotation at all: void
            _face.Apply();
            FaceFrame frame = _face.Apply();
            Assert.IsTrue(frame.TryBone(frame.BoneNames.Find("Head"), out BonePose pose));
            Assert.AreEqual(2.0, pose.PositionY, 0.0);
            Assert.AreEqual(0.6, pose.Y, 1e-6);
            Assert.AreEqual(0.8, pose.W, 1e-6);
        }

        [Test]
        public void ASenderThatDoesNotSayIsBelievedToTrack()
        {
            Assert.IsTrue(_face.Apply().Tracked);
            Assert.IsFalse(_face.Send("/VMC/Ext/OK", 1, 3, 0, 0).Apply().Tracked);
            Assert.IsTrue(_face.Send("/VMC/Ext/OK", 1, 3, 0, 1).Apply().Tracked);
            Assert.IsFalse(_face.Send("/VMC/Ext/OK", 0).Apply().Tracked);
            Assert.IsTrue(_face.Send("/VMC/Ext/OK", 1, 3, 0).Apply().Tracked);
        }

        [Test]
        public void ABadPacketChangesNothingButItsCount()
        {
            _face.Send("/VMC/Ext/Blend/Val", "A", 0.5f);
            byte[] bad = Spelled.Bytes("2362756e646c65000000000000000001000000202f564d432f4578742f426c656e642f56616c"
                + "00002c736600410000003f800000000000047a7a7a00"); // A = 1 in an element before one that is none
            _face.Send(bad);
            CollectionAssert.AreEqual(new[] { "A=0.5" }, FaceAssembly.Weights(_face.Apply()));
            Assert.AreEqual(1L, _face.Statistics.At(0).BadPackets);
            Assert.AreEqual(OscFault.NoAddress, _face.Statistics.At(0).LastFault);
        }

        [Test]
        public void NamesWithoutEndDoNotFillTheMemory()
        {
            for (int i = 0; i < 3000; i++) _face.Send("/VMC/Ext/Blend/Val", "name " + i, 1f);
            _face.Send("/VMC/Ext/Blend/Val", new string('x', 300), 1f);
            Assert.AreEqual(1024, FaceAssembly.Weights(_face.Apply()).Count);
        }

        [Test]
        public void WhoSpeaksAfterASilenceInheritsNothing()
        {
            long second = Stopwatch.Frequency;
            _face.Send(Packets.Message("/VMC/Ext/Bone/Pos", "Head", 0f, 0f, 0f, 0f, 1f, 0f, 0f), second);
            _face.Send(Packets.Message("/VMC/Ext/OK", 1, 3, 0, 0), second);
            _face.Send(Packets.Message("/VMC/Ext/Blend/Val", "half a face", 1f), second);
            _face.Send(Packets.Message("/VMC/Ext/Blend/Val", "a", 1f), 2 * second);
            FaceFrame frame = _face.Apply(3 * second); // a short pause is none
            CollectionAssert.AreEqual(new[] { "half a face=1", "a=1" }, FaceAssembly.Weights(frame));
            Assert.IsFalse(frame.Tracked);
            Assert.IsTrue(frame.TryBone(frame.BoneNames.Find("Head"), out _));
            _face.Send(Packets.Message("/VMC/Ext/Blend/Val", "half a face", 1f), 4 * second);
            frame = _face.Apply(3600 * second);
            CollectionAssert.AreEqual(new string[0], FaceAssembly.Weights(frame));
            Assert.IsTrue(frame.Tracked);
            Assert.IsFalse(frame.TryBone(frame.BoneNames.Find("Head"), out _));
            Assert.AreEqual(1L, _face.Statistics.At(3600 * second).Gaps);
        }

        [Test]
        public void StatisticsTellRateAgeAndGaps()
        {
            long second = Stopwatch.Frequency;
            byte[] apply = Packets.Message("/VMC/Ext/Blend/Apply");
            for (int i = 0; i <= 60; i++) _face.Send(apply, i * second / 60);
            ReceiveCounts counts = _face.Statistics.At(second + second / 4);
            Assert.AreEqual(60, counts.FramesPerSecond, 0.5);
            Assert.AreEqual(0.25, counts.AgeSeconds, 1e-6);
            Assert.AreEqual(0L, counts.Gaps);
            Assert.AreEqual(60L, counts.UnseenFrames);
            _face.Send(apply, 2 * second);
            Assert.AreEqual(1L, _face.Statistics.At(2 * second).Gaps);
            Assert.AreEqual(1, _face.Statistics.At(2 * second).LongestPauseSeconds, 1e-6);
            Assert.AreEqual(0, _face.Statistics.At(4 * second).FramesPerSecond, 0.0);
            Assert.AreEqual(61L * 28, counts.Bytes);
            Assert.IsTrue(double.IsPositiveInfinity(new FaceAssembly().Statistics.At(5).AgeSeconds));
        }
    }
}
