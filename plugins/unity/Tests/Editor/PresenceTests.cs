using AvatarDriver.Protocol;
using NUnit.Framework;

namespace AvatarDriver.Tests
{
    public sealed class PresenceTests
    {
        private Presence _presence;

        [SetUp]
        public void BeginAnew()
        {
            _presence = new Presence();
        }

        [Test]
        public void ItEasesToOneAndBackInTheTimeItIsGiven()
        {
            Assert.AreEqual(0, _presence.Value, 0.0);
            _presence.Step(true, 0.2f, 0.4f);
            Assert.AreEqual(0.5, _presence.Value, 1e-6);
            _presence.Step(true, 0.3f, 0.4f);
            Assert.AreEqual(1, _presence.Value, 0.0);
            _presence.Step(false, 0.1f, 0.4f);
            Assert.AreEqual(0.84375, _presence.Value, 1e-6);
            _presence.Step(false, 9f, 0.4f);
            Assert.AreEqual(0, _presence.Value, 0.0);
        }

        [Test]
        public void NoTimeToEaseInIsAJump()
        {
            _presence.Step(true, 0.001f, 0f);
            Assert.AreEqual(1, _presence.Value, 0.0);
        }

        [Test]
        public void ATimeThatIsNoneChangesNothing()
        {
            _presence.Step(true, float.NaN, 0.4f);
            _presence.Step(true, -1f, 0.4f);
            Assert.AreEqual(0, _presence.Value, 0.0);
        }
    }
}
