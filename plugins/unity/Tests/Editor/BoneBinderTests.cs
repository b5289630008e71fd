using System.Collections.Generic;
using AvatarDriver.Protocol;
using NUnit.Framework;
using UnityEngine;

namespace AvatarDriver.Tests
{
    /// <summary>Where the face looks is told by the way its bone's forward points, in a world whose +x is right.</summary>
    public sealed class BoneBinderTests
    {
        private const float Half = 0.5f; // the sine of 30 degrees

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
        public void TheGoldenHeadThatIsTurnedRightTurnsTheHeadRight()
        {
            Transform head = Bone("head", Bone("avatar", null));
            Head(head).Drive(_face.Send(GoldenHead()).Apply(), 1f);
            CheckWay(head.forward, Half, 0f, 0.8660254f);
        }

        [Test]
        public void NoddingDownIsAboutPlusXAndTiltingLeftAboutPlusZ()
        {
            Transform head = Bone("head", Bone("avatar", null));
            HeadBinder binder = Head(head);
            binder.Drive(Turned(Half / 2f * 1.0352762f, 0f, 0f, 0.9659258f), 1f); // 30 degrees about +x
            CheckWay(head.forward, 0f, -Half, 0.8660254f);
            binder.Drive(Turned(0f, 0f, 0.2588190f, 0.9659258f), 1f);
            CheckWay(head.rotation * Vector3.up, -Half, 0.8660254f, 0f); // the crown goes to the avatar's left
        }

        [Test]
        public void ABoneWhoseAxesLieOtherwiseTurnsTheSameWay()
        {
            Transform avatar = Bone("avatar", null);
            avatar.localRotation = Quaternion.Euler(0f, 90f, 0f); // it looks along the world's +x
            Transform neck = Bone("neck", avatar);
            neck.localRotation = Quaternion.Euler(20f, -70f, 130f);
            Transform head = Bone("head", neck);
            head.localRotation = Quaternion.Euler(-80f, 15f, 40f);
            Quaternion rest = head.rotation;
            Head(head).Drive(_face.Send(GoldenHead()).Apply(), 1f);
            Quaternion turn = head.rotation * Quaternion.Inverse(rest);
            CheckWay(turn * new Vector3(1f, 0f, 0f), 0.8660254f, 0f, -Half); // to its right, which is the world's −z
        }

        [Test]
        public void TheNeckTakesItsShareAndTheHeadTheRest()
        {
            Transform avatar = Bone("avatar", null);
            Transform neck = Bone("neck", avatar);
            Transform head = Bone("head", neck);
            HeadBinder binder = Head(head);
            binder.Neck = neck;
            binder.NeckShare = 0.5f;
            FaceFrame frame = _face.Send(GoldenHead()).Apply();
            binder.Drive(frame, 1f);
            Assert.AreEqual(15, Quaternion.Angle(Quaternion.identity, neck.rotation), 0.1);
            CheckWay(head.forward, Half, 0f, 0.8660254f);
            binder.Drive(frame, 0f);
            CheckWay(head.forward, 0f, 0f, 1f);
            binder.Strength = 2f;
            binder.Drive(frame, 1f);
            CheckWay(head.forward, 0.8660254f, 0f, Half);
        }

        [Test]
        public void TheHeadMovesOnlyWhenAskedTo()
        {
            Transform head = Bone("head", Bone("avatar", null));
            head.localPosition = new Vector3(0f, 1.5f, 0f);
            HeadBinder binder = Head(head);
            FaceFrame frame = _face.Send("/VMC/Ext/Bone/Pos", "Head", 0.1f, 0.2f, 0.3f, 0f, 0f, 0f, 1f).Apply();
            binder.Drive(frame, 1f);
            CheckWay(head.localPosition, 0f, 1.5f, 0f);
            binder.FollowPosition = true;
            binder.Drive(frame, 1f);
            CheckWay(head.localPosition, 0.1f, 1.7f, 0.3f);
            binder.FollowPosition = false;
            binder.Drive(frame, 1f);
            CheckWay(head.localPosition, 0f, 1.5f, 0f);
            head.localPosition = new Vector3(0f, 2f, 0f); // the game's own: from now on it is left alone
            binder.Drive(frame, 1f);
            CheckWay(head.localPosition, 0f, 2f, 0f);
        }

        [Test]
        public void ASenderWithoutAHeadLeavesTheHeadAtRest()
        {
            Transform head = Bone("head", Bone("avatar", null));
            HeadBinder binder = Head(head);
            binder.Drive(_face.Send(GoldenHead()).Apply(), 1f);
            binder.Drive(new FaceAssembly().Face("jawOpen", 1f), 1f); // the port was changed meanwhile
            CheckWay(head.forward, 0f, 0f, 1f);
        }

        [Test]
        public void RebindingWhileTheHeadIsTurnedTakesNoTurnForRest()
        {
            Transform head = Bone("head", Bone("avatar", null));
            HeadBinder binder = Head(head);
            FaceFrame frame = _face.Send(GoldenHead()).Apply();
            for (int i = 0; i < 3; i++)
            {
                binder.Drive(frame, 1f);
                binder.Rebind();
            }
            binder.Drive(frame, 1f);
            CheckWay(head.forward, Half, 0f, 0.8660254f);
        }

        [Test]
        public void AnAvatarThatIsPutElsewhereTurnsItsHeadAsBefore()
        {
            Transform avatar = Bone("avatar", null), head = Bone("head", avatar), vehicle = Bone("vehicle", null);
            HeadBinder binder = Head(head);
            FaceFrame frame = _face.Send(GoldenHead()).Apply();
            binder.Drive(frame, 1f);
            vehicle.localRotation = Quaternion.Euler(0f, 90f, 0f);
            avatar.SetParent(vehicle, false);
            binder.Drive(frame, 1f);
            CheckWay(head.forward, 0.8660254f, 0f, -Half);
        }

        [Test]
        public void OnTopOfAnAnimationTheTurnIsAddedToItsPose()
        {
            Transform head = Bone("head", Bone("avatar", null));
            HeadBinder binder = Head(head);
            binder.AddToAnimation = true;
            FaceFrame frame = _face.Send(GoldenHead()).Apply();
            binder.Drive(frame, 1f);
            head.localRotation = Quaternion.Euler(0f, 30f, 0f); // what the animation says in this frame
            binder.Drive(frame, 1f);
            CheckWay(head.forward, 0.8660254f, 0f, Half);
        }

        [Test]
        public void EyesLookInAndOutUpAndDownWithinTheirLimits()
        {
            Transform head = Bone("head", Bone("avatar", null));
            Transform left = Bone("left", head), right = Bone("right", head);
            EyeBinder eyes = Eyes(left, right);
            eyes.Drive(_face.Face("EyeLookInLeft", 1f, "eyeLookOut_R", 1f), 1f); // both to the avatar's right
            CheckWay(left.forward, Half, 0f, 0.8660254f);
            CheckWay(right.forward, 0.3420201f, 0f, 0.9396926f);
            eyes.Drive(_face.Face("EyeLookInLeft", 1f, "eyeLookOut_R", 1f), 0f);
            CheckWay(left.forward, 0f, 0f, 1f);
            eyes.Drive(_face.Face("eyeLookUpLeft", 1f, "eyeLookDownRight", 0.5f), 1f);
            CheckWay(left.forward, 0f, 0.3420201f, 0.9396926f);
            CheckWay(right.forward, 0f, -Half, 0.8660254f);
            eyes.Drive(_face.Face("eyeLookOutLeft", 1f, "eyeLookInRight", 1f), 1f);
            CheckWay(left.forward, -0.3420201f, 0f, 0.9396926f);
            CheckWay(right.forward, -Half, 0f, 0.8660254f);
        }

        [Test]
        public void ANewBoneLeavesTheOldOneAtRest()
        {
            Transform avatar = Bone("avatar", null);
            Transform head = Bone("head", avatar), other = Bone("other", avatar);
            HeadBinder binder = Head(head);
            FaceFrame frame = _face.Send(GoldenHead()).Apply();
            binder.Drive(frame, 1f);
            binder.Head = other;
            binder.Drive(frame, 1f);
            CheckWay(head.forward, 0f, 0f, 1f);
            CheckWay(other.forward, Half, 0f, 0.8660254f);
        }

        private static byte[] GoldenHead()
        {
            foreach (GoldenPacket golden in GoldenPackets.Accepted)
                if (golden.Name == "head turned 30 degrees to the right") return Spelled.Bytes(golden.Hex);
            throw new KeyNotFoundException();
        }

        private static void CheckWay(Vector3 found, float x, float y, float z)
        {
            Assert.AreEqual(x, found.x, 1e-4, "x");
            Assert.AreEqual(y, found.y, 1e-4, "y");
            Assert.AreEqual(z, found.z, 1e-4, "z");
        }

        private FaceFrame Turned(float x, float y, float z, float w)
        {
            return _face.Send("/VMC/Ext/Bone/Pos", "Head", 0f, 0f, 0f, x, y, z, w).Apply();
        }

        private HeadBinder Head(Transform head)
        {
            Transform avatar = head;
            while (avatar.parent != null) avatar = avatar.parent;
            var binder = avatar.gameObject.AddComponent<HeadBinder>();
            binder.Avatar = avatar;
            binder.Head = head;
            return binder;
        }

        private EyeBinder Eyes(Transform left, Transform right)
        {
            var eyes = left.parent.parent.gameObject.AddComponent<EyeBinder>();
            eyes.LeftEye = left;
            eyes.RightEye = right;
            eyes.InDegrees = 30f;
            eyes.OutDegrees = 20f;
            eyes.UpDegrees = 20f;
            eyes.DownDegrees = 60f;
            return eyes;
        }

        private Transform Bone(string name, Transform parent)
        {
            var bone = new GameObject(name);
            _made.Add(bone);
            if (parent != null) bone.transform.SetParent(parent, false);
            return bone.transform;
        }
    }
}
