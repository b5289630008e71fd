using System.Collections.Generic;
using AvatarDriver.Protocol;

namespace AvatarDriver.Tests
{
    /// <summary>An assembler that is told messages and gives the frame that comes of them.</summary>
    public sealed class FaceAssembly
    {
        private readonly VmcAssembler _assembler;

        /// <summary>Makes one with counts of its own.</summary>
        public FaceAssembly()
        {
            _assembler = new VmcAssembler(Statistics);
        }

        /// <summary>Its counts.</summary>
        public ReceiveStatistics Statistics { get; } = new ReceiveStatistics();

        /// <summary>Sends one message.</summary>
        public FaceAssembly Send(string address, params object[] arguments)
        {
            return Send(Packets.Message(address, arguments));
        }

        /// <summary>Sends bytes.</summary>
        public FaceAssembly Send(byte[] packet, long now = 0)
        {
            _assembler.Add(packet, packet.Length, now);
            return this;
        }

        /// <summary>Sends weights, as name and value in turn, and Apply; then the frame.</summary>
        public FaceFrame Face(params object[] weights)
        {
            for (int i = 0; i < weights.Length; i += 2) Send("/VMC/Ext/Blend/Val", weights[i], weights[i + 1]);
            return Apply();
        }

        /// <summary>Sends Apply; then the frame.</summary>
        public FaceFrame Apply(long now = 0)
        {
            Send(Packets.Message("/VMC/Ext/Blend/Apply"), now);
            _assembler.Frames.Take();
            return _assembler.Frames.Front;
        }

        /// <summary>The weights of a frame as "name=value", in order.</summary>
        public static List<string> Weights(FaceFrame frame)
        {
            var weights = new List<string>();
            for (int number = 0; number < frame.WeightCount; number++)
                if (frame.TryWeight(number, out float weight)) weights.Add(frame.Names[number].Text + "=" + weight);
            return weights;
        }
    }
}
