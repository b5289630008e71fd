using System;
using AvatarDriver.Protocol;
using NUnit.Framework;

namespace AvatarDriver.Tests
{
    /// <summary>The golden packets, which every receiver and sender of avatar_driver shares.</summary>
    public sealed class OscReaderTests
    {
        private readonly OscReader _reader = new OscReader();

        [Test]
        public void EveryGoldenPacketMeansWhatTheOtherDecodersSay()
        {
            foreach (GoldenPacket golden in GoldenPackets.Accepted)
            {
                byte[] bytes = Spelled.Bytes(golden.Hex);
                CollectionAssert.AreEqual(golden.Messages, Spelled.Packet(_reader, bytes, bytes.Length), golden.Name);
            }
        }

        [Test]
        public void EveryPacketThatMustBeRefusedIs()
        {
            foreach (GoldenPacket golden in GoldenPackets.Refused)
            {
                byte[] bytes = Spelled.Bytes(golden.Hex);
                Assert.IsFalse(_reader.Open(bytes, bytes.Length), golden.Name);
                Assert.IsTrue(_reader.Fault != OscFault.None, golden.Name);
                Assert.IsFalse(_reader.Next(out _), golden.Name);
            }
        }

        [Test]
        public void NoPacketIsReadBeyondItsCountWhateverStandsAfterIt()
        {
            foreach (GoldenPacket golden in GoldenPackets.Accepted)
            {
                byte[] whole = Spelled.Bytes(golden.Hex);
                for (int count = 0; count < whole.Length; count++)
                {
                    var alone = new byte[count];
                    Array.Copy(whole, alone, count);
                    CollectionAssert.AreEqual(
                        Spelled.Packet(_reader, alone, count), Spelled.Packet(_reader, whole, count), golden.Name);
                }
            }
        }

        [Test]
        public void TypesVmcDoesNotUseMakeTheirOwnMessageVoidAndNoOther()
        {
            // #bundle { /x ,dhtcrmSNI[i]f ... ; /y ,i 7 }
            const string header = "2362756e646c65000000000000000001";
            const string odd = "2f780000" + "2c646874637272534e495b695d660000" // four c r r m: 4 bytes each
                + "3ff0000000000000" + "0000000000000001" + "0000000000000001" + "00000041" + "01020304" + "01020304"
                + "61626300" + "00000005" + "3f800000";
            const string plain = "2f790000" + "2c690000" + "00000007";
            byte[] bytes = Spelled.Bytes(header + Size(odd) + odd + Size(plain) + plain);
            CollectionAssert.AreEqual(new[] { "[2f79] i 00000007" }, Spelled.Packet(_reader, bytes, bytes.Length));
            Assert.AreEqual(1, _reader.Skipped);
        }

        [Test]
        public void ATypeThatNobodyKnowsRefusesThePacket()
        {
            byte[] bytes = Spelled.Bytes("2f6100002c780000");
            Assert.IsFalse(_reader.Open(bytes, bytes.Length));
            Assert.AreEqual(OscFault.UnknownType, _reader.Fault);
        }

        private static string Size(string hex)
        {
            return (hex.Length / 2).ToString("x8");
        }
    }
}
