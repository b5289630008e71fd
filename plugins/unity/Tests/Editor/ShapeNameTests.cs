using AvatarDriver.Protocol;
using NUnit.Framework;

namespace AvatarDriver.Tests
{
    public sealed class ShapeNameTests
    {
        [TestCase("jawOpen", "jawOpen")]
        [TestCase("JawOpen", "jawOpen")]
        [TestCase("jawopen", "jawOpen")]
        [TestCase("JAW_OPEN", "jawOpen")]
        [TestCase("Jaw Open", "jawOpen")]
        [TestCase("AK_25_JawOpen", "jawOpen")]
        [TestCase("Face.blendShape1.jawOpen", "jawOpen")]
        [TestCase("head_geo|jawOpen", "jawOpen")]
        [TestCase("BSJawOpen", "jawOpen")]
        [TestCase("jawOpen_001", "jawOpen")]
        [TestCase("A25_Jaw_Open", "jawOpen")]
        [TestCase("eyeBlink_L", "eyeBlinkLeft")]
        [TestCase("EyeBlinkL", "eyeBlinkLeft")]
        [TestCase("eye_blink.r", "eyeBlinkRight")]
        [TestCase("L_EyeBlink", "eyeBlinkLeft")]
        [TestCase("Right_eyeBlink", "eyeBlinkRight")]
        [TestCase("Eye_L_Look_Down", "eyeLookDownLeft")]
        [TestCase("mouth_smile_left", "mouthSmileLeft")]
        [TestCase("mouth_left_smile", "mouthSmileLeft")]
        [TestCase("Mouth_L", "mouthLeft")]
        [TestCase("mouthUpperUp_R", "mouthUpperUpRight")]
        [TestCase("Cheek_Puff_L", "cheekPuff")]
        [TestCase("browInnerUp", "browInnerUp")]
        [TestCase("mouthClosed", "")]
        [TestCase("jaw", "")]
        [TestCase("Open", "")]
        [TestCase("L", "")]
        [TestCase("", "")]
        [TestCase("___", "")]
        [TestCase("まばたき", "")]
        [TestCase("Eye_L_Look_R", "")]
        [TestCase("vrc.v_aa", "")]
        public void ANameSaysAnArkitShapeInManyWays(string name, string expected)
        {
            int found = new ShapeName(name).ArkitWithin;
            Assert.AreEqual(expected, found < 0 ? "" : ArkitShapes.Names[found]);
        }

        [Test]
        public void EveryArkitNameIsItselfInEachSpelling()
        {
            Assert.AreEqual(52, ArkitShapes.Names.Count);
            for (int i = 0; i < 52; i++)
            {
                string name = ArkitShapes.Names[i];
                string pascal = char.ToUpperInvariant(name[0]) + name.Substring(1);
                string letters = name.Replace("Left", "_L").Replace("Right", "_R");
                foreach (string spelling in new[] { name, pascal, letters, pascal.ToUpperInvariant() })
                {
                    Assert.AreEqual(i, new ShapeName(spelling).Arkit, spelling);
                    Assert.AreEqual(i, new ShapeName("head." + spelling).ArkitWithin, spelling);
                }
            }
        }
    }
}
